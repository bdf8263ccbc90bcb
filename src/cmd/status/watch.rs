//! `fasten status --watch`: the table, drawn anew whenever it has changed.
//!
//! The kernel tells nobody that its table has changed, so it is read again a few
//! times a second. This is for a person who looks; no lock waits on it.

use std::io::{self, IsTerminal};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::anyhow;
use ctrlc::Error::System;

use super::{Told, ask, code, print, table};
use crate::cmd::args::StatusArgs;
use crate::cmd::exit::Code;
use crate::cmd::message::word;

const LOOKED_AT_EVERY: Duration = Duration::from_millis(250);
const CLEAR_SCREEN: &str = "\x1b[H\x1b[2J";

/// Until Ctrl-C; then what a single look would have ended with.
pub(super) fn until_interrupted(arguments: &StatusArgs) -> Told {
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
        if interrupted.recv_timeout(LOOKED_AT_EVERY) != Err(RecvTimeoutError::Timeout) {
            return Ok(code(&reports));
        }
    }
}

fn reason(error: &ctrlc::Error) -> String {
    if let System(error) = error { word(error) } else { error.to_string() }
}
