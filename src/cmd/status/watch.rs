//! `fasten status --watch`: the table again, whenever it changes.
//!
//! The kernel does not report changes of its table of locks, so it is read a few times a second.
//! That is fast enough to look at, and no lock depends on it.
//!
//! A terminal shows it on its alternate screen, as much as fits, and is as before at the end.
//! Elsewhere, and at a dumb terminal, a line with the time separates the tables.

use std::io::{self, IsTerminal};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, SystemTime};

use anyhow::anyhow;
use ctrlc::Error::System;

use super::table::{self, Style};
use super::{StatusResult, ask, code, print};
use crate::cmd::args::StatusArgs;
use crate::cmd::colour::is_dumb;
use crate::cmd::exit::Code;
use crate::cmd::message::{self, word};
use crate::cmd::sys::streams::{Stream, terminal_size};

const PAUSE: Duration = Duration::from_millis(250);
const ENTER_SCREEN: &str = "\x1b[?1049h";
const LEAVE_SCREEN: &str = "\x1b[?1049l";
const CLEAR_SCREEN: &str = "\x1b[H\x1b[2J";

/// Prints until Ctrl-C; the exit code is that of the last state.
pub(super) fn until_interrupted(arguments: &StatusArgs) -> StatusResult {
    let (interrupt, interrupted) = channel();
    let stop = move || {
        let _ = interrupt.send(());
    };
    ctrlc::set_handler(stop)
        .map_err(|error| (Code::System, anyhow!("Ctrl-C cannot be caught: {}", reason(&error))))?;
    let at_terminal = io::stdout().is_terminal();
    let screen = at_terminal && !is_dumb();
    let mut reports = ask(arguments)?;
    let _alternate = if screen { Some(AlternateScreen::enter()?) } else { None };
    let (mut shown, mut drawn) = (None, String::new());
    loop {
        let text = table::of(&reports, &Style::new(arguments.color, at_terminal));
        if screen && text != drawn {
            print(&format!("{CLEAR_SCREEN}{}", fitted(&text, terminal_size(Stream::Output).1)))?;
            drawn = text;
        } else if !screen && shown.as_ref() != Some(&reports) {
            print(&format!("--- {} ---\n{text}", humantime::format_rfc3339_seconds(SystemTime::now())))?;
            shown = Some(reports);
        }
        let ended = interrupted.recv_timeout(PAUSE) != Err(RecvTimeoutError::Timeout);
        reports = ask(arguments)?;
        if ended {
            return Ok(code(&reports));
        }
    }
}

/// The first lines, as many as the screen has; the last one says how many are left out.
fn fitted(text: &str, height: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() <= height {
        return lines.join("\n");
    }
    let (first, left_out) = lines.split_at(height.saturating_sub(1));
    let more = format!("... {} more lines", left_out.len());
    first.iter().copied().chain([more.as_str()]).collect::<Vec<_>>().join("\n")
}

/// The terminal shows another screen until this is dropped.
struct AlternateScreen;

impl AlternateScreen {
    fn enter() -> Result<Self, (Code, anyhow::Error)> {
        print(ENTER_SCREEN).map(|()| Self)
    }
}

impl Drop for AlternateScreen {
    fn drop(&mut self) {
        let _ = message::print(LEAVE_SCREEN);
    }
}

fn reason(error: &ctrlc::Error) -> String {
    if let System(error) = error { word(error) } else { error.to_string() }
}
