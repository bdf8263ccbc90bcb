//! `fasten doctor`: do locks work on the file system of a directory? It tries them, with files and
//! processes of its own, because some file systems grant locks that exclude nobody.
//!
//! An `examination` runs the `trials` on the files of a `scratch`, in a process of its own that
//! reports by the `protocol`. A trial that fails ends with a `fault`. A `finding` is a line of the
//! report:
//!
//!     /srv/locks: 1 problem
//!       ok     on nfs4 at /srv
//!       wrong  local_lock=flock: flock locks are seen by this machine only; ...

mod examination;
mod fault;
mod finding;
mod protocol;
mod scratch;
mod trials;

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use finding::{Finding, Mark};

use super::colour::{GREEN, Paint, RED, YELLOW};
use crate::cmd::args::DoctorArgs;
use crate::cmd::exit::Code;
use crate::cmd::message::{print, printable, report, unanswered};

const BROKEN: u8 = Code::System.number();

pub(crate) fn run(arguments: &DoctorArgs) -> u8 {
    let here = [PathBuf::from(".")];
    let directories = if arguments.directories.is_empty() { &here[..] } else { &arguments.directories };
    let codes: Vec<u8> = directories.iter().map(|directory| one(directory, arguments)).collect();
    // Broken locks are worse than a directory that could not be tried.
    if codes.contains(&BROKEN) { BROKEN } else { codes.into_iter().find(|code| *code != 0).unwrap_or(0) }
}

/// Examines one directory and prints the report; returns the exit code for it alone.
fn one(directory: &Path, arguments: &DoctorArgs) -> u8 {
    let findings = examination::of(directory);
    if let Err(error) = print(&text_of(directory, &findings, arguments)) {
        report(&unanswered(&error));
        return BROKEN;
    }
    let codes = findings.into_iter().map(|Finding { mark, text }| match mark {
        Mark::Ok | Mark::Note => 0,
        Mark::Wrong => BROKEN,
        Mark::Stopped(code) => {
            report(&format!("{}: {text}", directory.display()));
            code
        }
    });
    codes.max().unwrap_or(0)
}

/// The directory with the number of problems, and a line for each finding; empty without findings.
fn text_of(directory: &Path, findings: &[Finding], arguments: &DoctorArgs) -> String {
    let paint = Paint::new(arguments.color, io::stdout().is_terminal());
    let quiet = arguments.quiet;
    let lines = findings.iter().filter_map(|Finding { mark, text }| {
        let colour = match mark {
            Mark::Ok if !quiet => GREEN,
            Mark::Note if !quiet => YELLOW,
            Mark::Wrong => RED,
            _ => return None,
        };
        Some(format!("  {}  {}\n", paint.words(colour, &format!("{mark:<5}")), printable(text)))
    });
    let lines: String = lines.collect();
    let sum = match findings.iter().filter(|finding| finding.mark == Mark::Wrong).count() {
        _ if lines.is_empty() => return lines,
        0 => paint.words(GREEN, "locks work"),
        1 => paint.words(RED, "1 problem"),
        many => paint.words(RED, &format!("{many} problems")),
    };
    format!("{}: {sum}\n{lines}", printable(&directory.to_string_lossy()))
}
