//! Arguments to a command line, or the one line that says what is wrong.

use std::ffi::OsString;
use std::time::Duration;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{CommandFactory, FromArgMatches};

use crate::cmd::advice::WrongLine;
use crate::cmd::args::{Action, Cli, SlotArgs, SlotCounts};
use crate::cmd::clap_error::{has_tip, text};
use crate::cmd::exit::Code;
use crate::cmd::fast_path;
use crate::cmd::message::{print, report, unanswered, write_stderr};

/// The command line; or, when there is nothing to do (`--help`) or something is wrong, the code to
/// end with.
pub(crate) fn parse(arguments: &[OsString]) -> Result<Cli, u8> {
    if let Some(everyday) = fast_path::parse(arguments) {
        return Ok(everyday);
    }
    let refused = |line: &str| {
        report(line);
        Code::Usage.number()
    };
    let cli = try_parse(arguments).map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => show(&error),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            write_stderr(error.to_string().as_bytes());
            Code::Usage.number()
        }
        _ => refused(&one_line(error, &WrongLine::new(arguments))),
    })?;
    match mistake(&cli.action, arguments) {
        Some(line) => Err(refused(&line)),
        None => Ok(cli),
    }
}

/// Parses as `Cli::try_parse_from` does, but never frees clap's description of the command line:
/// that was a tenth of the instructions of a run.
fn try_parse(arguments: &[OsString]) -> Result<Cli, Error> {
    let command = Box::leak(Box::new(Cli::command()));
    let mut matches = command.try_get_matches_from_mut(arguments)?;
    Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(command))
}

/// What clap lets pass: two descriptors, of which only the last would be locked, a shell that would
/// be a lock, and several locks or no wait with `--coalesce`.
fn mistake(action: &Action, arguments: &[OsString]) -> Option<String> {
    let (descriptors, lock, coalesces) = match action {
        Action::Exclusive(exclusive) => {
            (&exclusive.lock.fd, Some(&exclusive.lock), exclusive.coalescing.coalesce)
        }
        Action::Read(lock) => (&lock.fd, Some(lock), false),
        Action::Write(write) => (&write.lock.fd, Some(&write.lock), write.coalescing.coalesce),
        Action::Slot(slot) => {
            if let Some(line) = no_slots(slot) {
                return Some(line);
            }
            (&slot.lock.fd, Some(&slot.lock), false)
        }
        Action::Unlock(unlock) => (&unlock.fd, None, false),
        _ => return None,
    };
    if descriptors.len() > 1 {
        return Some("--fd is given more than once: one call is about one descriptor".to_owned());
    }
    if coalesces && lock.is_some_and(|lock| lock.timeout == Some(Duration::ZERO)) {
        return Some("--coalesce waits, and a timeout of 0 does not: use one or the other".to_owned());
    }
    let is_doubtful = lock.is_some_and(|lock| lock.command_string.is_some() && lock.locks.len() > 1);
    let shell = is_doubtful.then(|| WrongLine::new(arguments).shell_as_lock()).flatten();
    shell.or_else(|| {
        (coalesces && lock.is_some_and(|lock| lock.locks.len() > 1)).then(|| {
            "--coalesce is for one LOCK: another command waits for one of them, not for all".to_owned()
        })
    })
}

/// What slots cannot be, and what nobody can wait for.
fn no_slots(slot: &SlotArgs) -> Option<String> {
    let SlotCounts { jobs, take } = slot.counts;
    let option = match (slot.lock.fd.is_empty(), slot.lock.fcntl) {
        (false, _) => Some("--fd"),
        (_, true) => Some("--fcntl"),
        _ => None,
    };
    match option {
        Some(option) => {
            Some(format!("slot cannot be used with {option}: it needs a LOCK, a file that it opens itself"))
        }
        None => {
            (take > jobs).then(|| format!("--take {take} needs {take} slots, and --jobs {jobs} gives {jobs}"))
        }
    }
}

fn show(help: &Error) -> u8 {
    print(&help.to_string()).map_or_else(
        |error| {
            report(&unanswered(&error));
            Code::System.number()
        },
        |()| 0,
    )
}

/// What is wrong, and what would be right.
fn one_line(mut error: Error, line: &WrongLine) -> String {
    if let Some(advice) = line.advice(&error) {
        return advice;
    }
    let help = line.subcommand().map_or_else(|| "fasten".to_owned(), |name| format!("fasten {name}"));
    let missing = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::Strings(names)) if error.kind() == ErrorKind::MissingRequiredArgument => {
            Some(format!("missing: {}", names.join(" ")))
        }
        _ => None,
    };
    let wrong = missing.unwrap_or_else(|| in_words_of_clap(&mut error, line));
    format!("{wrong}; see '{help} --help'")
}

/// clap's paragraphs as one line. Left out are the usage, clap's own pointer to the help, which is
/// always the last paragraph, and the tips that are no more than guesses.
fn in_words_of_clap(error: &mut Error, line: &WrongLine) -> String {
    error.remove(ContextKind::Usage);
    if line.subcommand().is_some() {
        // clap's only tip here is to write the option after `--`, where it would be the command.
        error.remove(ContextKind::Suggested);
    }
    if !has_tip(error, ContextKind::SuggestedArg, text(error, ContextKind::InvalidArg)) {
        error.remove(ContextKind::SuggestedArg);
    }
    let text = error.to_string();
    let text = text.trim_end().rsplit_once("\n\n").map_or(&*text, |(wanted, _pointer)| wanted);
    let line = text.split("\n\n").map(unfold).collect::<Vec<_>>().join("; ");
    line.strip_prefix("error: ").unwrap_or(&line).to_owned()
}

fn unfold(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}
