//! `fasten status`: who holds locks and who waits for them. Takes none to find
//! out.

mod json;
mod table;
mod watch;

use std::io::{self, IsTerminal};

use anyhow::{Context, Result};
use fasten::holders::{Report, State, all, holders};

use crate::cli::StatusArgs;
use crate::exit::Code;
use crate::message::{answer, say};

pub(crate) fn run(arguments: &StatusArgs) -> u8 {
    let told = if arguments.watch { watch::until_interrupted(arguments) } else { tell(arguments) };
    told.unwrap_or_else(|(code, error)| {
        say(&format!("{error:#}"));
        code.number()
    })
}

type Told = Result<u8, (Code, anyhow::Error)>;

fn tell(arguments: &StatusArgs) -> Told {
    let reports = ask(arguments)?;
    let text = match (arguments.quiet, arguments.json) {
        (true, _) => String::new(),
        (_, true) => json::document(&reports),
        _ => table::of(&reports, io::stdout().is_terminal()),
    };
    print(&text)?;
    Ok(code(&reports))
}

fn print(text: &str) -> Result<(), (Code, anyhow::Error)> {
    answer(text).map_err(|error| (Code::System, error.into()))
}

/// What is known now, of the locks that were named or of all.
fn ask(arguments: &StatusArgs) -> Result<Vec<Report>, (Code, anyhow::Error)> {
    if arguments.locks.is_empty() {
        return all()
            .context("the locks of the system cannot be read")
            .map_err(|error| (Code::System, error));
    }
    let one = |path: &std::path::PathBuf| {
        holders(path).with_context(|| format!("{}: cannot be looked at", path.display()))
    };
    arguments.locks.iter().map(one).collect::<Result<_>>().map_err(|error| (Code::CannotOpen, error))
}

/// 0 only if every one is known to be free.
fn code(reports: &[Report]) -> u8 {
    if reports.iter().all(|report| report.state == State::Free) { 0 } else { Code::Conflict.number() }
}

fn word(state: State) -> &'static str {
    match state {
        State::Free => "free",
        State::Shared => "read",
        State::Exclusive => "write",
        State::Unknown => "unknown",
    }
}
