//! `fasten status --watch`: the table, redrawn whenever it changes.
//!
//! The kernel does not report changes of its table of locks, so it is read a few times a second.
//! That is fast enough to look at, and no lock depends on it.

use std::io::{self, IsTerminal};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::anyhow;
use ctrlc::Error::System;

use super::{StatusResult, ask, code, print, table};
use crate::cmd::args::StatusArgs;
use crate::cmd::exit::Code;
use crate::cmd::message::word;

const PAUSE: Duration = Duration::from_millis(250);
const CLEAR_SCREEN: &str = "\x1b[H\x1b[2J";

/// Redraws until Ctrl-C; the exit code is that of the last state.
pub(super) fn until_interrupted(arguments: &StatusArgs) -> StatusResult {
    let (interrupt, interrupted) = channel();
    let stop = move || {
        let _ = interrupt.send(());
    };
    ctrlc::set_handler(stop)
        .map_err(|error| (Code::System, anyhow!("Ctrl-C cannot be caught: {}", reason(&error))))?;
    let at_terminal = io::stdout().is_terminal();
    let mut drawn = String::new();
    loop {
        let reports = ask(arguments)?;
        let text = table::of(&reports, at_terminal);
        if text != drawn {
            let clear = if at_terminal { CLEAR_SCREEN } else { "" };
            print(&format!("{clear}{text}"))?;
            drawn = text;
        }
        if interrupted.recv_timeout(PAUSE) != Err(RecvTimeoutError::Timeout) {
            return Ok(code(&reports));
        }
    }
}

fn reason(error: &ctrlc::Error) -> String {
    if let System(error) = error { word(error) } else { error.to_string() }
}
