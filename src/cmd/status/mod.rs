//! `fasten status`: who holds locks and who waits for them. It takes no lock to find out.

mod json;
mod table;
mod watch;

use std::fs;
use std::io::{self, IsTerminal};
use std::os::unix::fs::FileTypeExt;
use std::path::PathBuf;

use anyhow::{Result, anyhow};
use fasten::holders::{Report, State, all, of as holders};
use fasten::{OpenError, not_plain};

use crate::cmd::args::StatusArgs;
use crate::cmd::denial::denied;
use crate::cmd::exit::{Code, is_system_failure};
use crate::cmd::lock_directory::Purpose;
use crate::cmd::lock_name::LockPlace;
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
    let one = |lock: &PathBuf| {
        let place = LockPlace::find(lock, Purpose::Look).map_err(|error| (error.code, error.into()))?;
        let path = &place.path;
        if let Some(why) = wrong_kind(&place) {
            let at = if place.has_name() { format!(" ({})", path.display()) } else { String::new() };
            return Err((Code::CannotOpen, anyhow!("{}: {why}{at}", lock.display())));
        }
        holders(path).map_err(|error| {
            let code = if is_system_failure(&error) { Code::System } else { Code::CannotOpen };
            let why = denied(path).unwrap_or_else(|| message::word(&error));
            (code, anyhow!("{}: cannot be examined: {why}", lock.display()))
        })
    };
    arguments.locks.iter().map(one).collect()
}

/// Why the file is no lock.
fn wrong_kind(place: &LockPlace) -> Option<OpenError> {
    if place.has_name() {
        return not_plain(&fs::symlink_metadata(&place.path).ok()?).map(OpenError::NotPlain);
    }
    let kind = fs::metadata(&place.path).ok()?.file_type();
    let wrong = match kind {
        _ if kind.is_fifo() => "a FIFO",
        _ if kind.is_socket() => "a socket",
        _ if kind.is_char_device() => "a character device",
        _ => return None,
    };
    Some(OpenError::WrongKind(wrong))
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
