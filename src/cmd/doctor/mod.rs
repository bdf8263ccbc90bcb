//! `fasten doctor`: does the file system of a directory really lock? It is not
//! believed but tried, with files and processes of our own.
//!
//! `watch` has one process after the other `examine` a directory, by the trials
//! of `trials`; what they find comes back as plain `finding`s, and `report` shows
//! them.

mod examine;
mod exclusion;
mod families;
mod fault;
mod finding;
mod life;
mod mount;
mod others;
mod place;
mod report;
mod said;
mod sticky;
mod trials;
mod watch;

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use finding::Mark;
use watch::Outcome;

use super::colour::Paint;
use crate::cmd::args::DoctorArgs;
use crate::cmd::exit::Code;
use crate::cmd::message::{answer, say, unanswered};

pub(crate) fn run(arguments: &DoctorArgs) -> u8 {
    let here = [PathBuf::from(".")];
    let directories = if arguments.directories.is_empty() { &here[..] } else { &arguments.directories };
    let codes: Vec<Option<Code>> =
        directories.iter().map(|directory| one(directory, arguments.quiet)).collect();
    // That locks do not work is worse than that a directory could not be tried.
    let worst = if codes.contains(&Some(Code::System)) {
        Some(Code::System)
    } else {
        codes.into_iter().flatten().next()
    };
    worst.map_or(0, Code::number)
}

/// Examines one directory and reports; what stands against a code of 0.
fn one(directory: &Path, quiet: bool) -> Option<Code> {
    let Outcome { findings, stopped } = watch::examined(directory);
    if !findings.is_empty() {
        let paint = Paint::new(io::stdout().is_terminal());
        if let Err(error) = answer(&report::of(directory, &findings, quiet, paint)) {
            say(&unanswered(&error));
            return Some(Code::System);
        }
    }
    if let Some((code, why)) = stopped {
        say(&format!("{}: {why}", directory.display()));
        return Some(code);
    }
    findings.iter().any(|finding| finding.mark == Mark::Wrong).then_some(Code::System)
}
