//! Waiting for the command, and passing on the signals that are meant for it.
//!
//! One thread takes the signals one after the other, so there is no moment in
//! which the command has been reaped and a signal could reach a stranger that
//! has got its pid. What the terminal sends (Ctrl-C, Ctrl-\, a hang-up) goes to
//! the whole foreground group: the command has it already.

use std::io;

use crate::sys::child::{Child, End};
use crate::sys::signals::{Arrived, Signals};

/// Stays until the command has ended.
pub(crate) fn supervise(mut child: Child, signals: &Signals) -> io::Result<End> {
    loop {
        match signals.next()? {
            Arrived::ChildChanged => {
                if let Some(end) = child.has_ended()? {
                    return Ok(end);
                }
            }
            Arrived::FromProcess(signal) => child.send(signal),
            Arrived::FromTerminal => {}
        }
    }
}
