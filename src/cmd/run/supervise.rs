//! Waiting for the command, and passing on the signals that are meant for it.
//!
//! One thread takes the signals one after the other, so there is no moment in
//! which the command has been reaped and a signal could reach a stranger that
//! has got its pid. What the terminal sends (Ctrl-C, Ctrl-\, a hang-up) goes to
//! the whole foreground group: the command has it already. So it is with what a
//! process sends to its own group, if that is ours and the command's.

use std::io;

use super::group;
use crate::cmd::message::{put_at_once, word};
use crate::cmd::sys::child::{Child, End};
use crate::cmd::sys::signals::{self, Arrived, Signals};

/// Stays until the command has ended. What cannot be passed on is said under our name.
pub(super) fn supervise(mut child: Child, signals: &Signals, name: &str) -> io::Result<End> {
    loop {
        match signals.next()? {
            Arrived::ChildChanged => {
                if let Some(end) = child.has_ended_among_others()? {
                    return Ok(end);
                }
            }
            Arrived::FromProcess(signal, sender) => {
                if !group::has_it(sender, signal, &child) {
                    pass_on(signal, &child, name);
                }
            }
            Arrived::FromTerminal => {}
        }
    }
}

/// A command under sudo(8) belongs to another user.
fn pass_on(signal: i32, child: &Child, name: &str) {
    if let Err(error) = child.send(signal) {
        let (signal, pid, why) = (signals::name(signal), child.pid(), word(&error));
        let line = format!("{name}: {signal} cannot be passed on to the command (pid {pid}): {why}\n");
        put_at_once(line.as_bytes());
    }
}
