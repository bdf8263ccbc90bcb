//! `fasten status`: who holds locks and who waits for them. It takes no lock to find out.

mod json;
mod table;
mod watch;

use std::fs;
use std::io::{self, IsTerminal};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use fasten::OpenError;
use fasten::holders::{Report, State, all, of as holders};

use crate::cmd::args::StatusArgs;
use crate::cmd::denial::denied;
use crate::cmd::exit::Code;
use crate::cmd::failure::is_system_failure;
use crate::cmd::message::{self, report, unanswered};

pub(crate) fn run(arguments: &StatusArgs) -> u8 {
    let code = if arguments.watch { watch::until_interrupted(arguments) } else { show(arguments) };
    code.unwrap_or_else(|(code, error)| {
        report(&error.to_string());
        code.number()
    })
}

/// The exit code; or why there is no answer, with the code for that.
type StatusResult = Result<u8, (Code, anyhow::Error)>;

fn show(arguments: &StatusArgs) -> StatusResult {
    let reports = ask(arguments)?;
    let text = match (arguments.quiet, arguments.json) {
        (true, _) => String::new(),
        (_, true) => json::document(&reports),
        _ => table::of(&reports, &table::Style::new(arguments.color, io::stdout().is_terminal())),
    };
    print(&text)?;
    Ok(code(&reports))
}

fn print(text: &str) -> Result<(), (Code, anyhow::Error)> {
    message::print(text).map_err(|error| (Code::System, anyhow!(unanswered(&error))))
}

/// The state of the locks that were named, or of all.
fn ask(arguments: &StatusArgs) -> Result<Vec<Report>, (Code, anyhow::Error)> {
    if arguments.locks.is_empty() {
        return all().map_err(|error| {
            (Code::System, anyhow!("the locks of the system cannot be read: {}", message::word(&error)))
        });
    }
    let one = |path: &PathBuf| {
        if let Some(kind) = wrong_kind(path) {
            return Err((Code::CannotOpen, anyhow!("{}: {}", path.display(), OpenError::WrongKind(kind))));
        }
        holders(path).map_err(|error| {
            let code = if is_system_failure(&error) { Code::System } else { Code::CannotOpen };
            let why = denied(path).unwrap_or_else(|| message::word(&error));
            (code, anyhow!("{}: cannot be examined: {why}", path.display()))
        })
    };
    arguments.locks.iter().map(one).collect()
}

/// What the path leads to, if that cannot be a lock.
fn wrong_kind(path: &Path) -> Option<&'static str> {
    let kind = fs::metadata(path).ok()?.file_type();
    match kind {
        _ if kind.is_fifo() => Some("a FIFO"),
        _ if kind.is_socket() => Some("a socket"),
        _ if kind.is_char_device() => Some("a character device"),
        _ => None,
    }
}

/// 0 only if all locks are known to be free.
fn code(reports: &[Report]) -> u8 {
    if reports.iter().all(|report| report.state == State::Free) { 0 } else { Code::Conflict.number() }
}

fn word(report: &Report) -> &'static str {
    match report.state {
        State::Free => "free",
        State::Shared if report.slots.is_some() => "slots",
        State::Shared => "read",
        State::Exclusive => "write",
        _ => "unknown",
    }
}
