//! Arguments to a command line, or the one line that says what is wrong.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{CommandFactory, FromArgMatches};

use crate::cmd::args::Cli;
use crate::cmd::exit::Code;
use crate::cmd::fast_path;
use crate::cmd::message::{print, report, unanswered};

/// The command line; or, when there is nothing to do (`--help`) or something is wrong, the code to
/// end with.
pub(crate) fn parse(arguments: Vec<OsString>) -> Result<Cli, u8> {
    if let Some(everyday) = fast_path::parse(&arguments) {
        return Ok(everyday);
    }
    let subcommand = subcommand(&arguments);
    try_parse(arguments).map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => show(&error),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            report("no subcommand: exclusive, read, write, unlock, status or doctor; see 'fasten --help'");
            Code::Usage.number()
        }
        _ => {
            report(&format!("{}; see 'fasten --help'", one_line(error, subcommand.as_deref())));
            Code::Usage.number()
        }
    })
}

/// Parses as `Cli::try_parse_from` does, but never frees clap's description of the command line:
/// that was a tenth of the instructions of a run.
fn try_parse(arguments: Vec<OsString>) -> Result<Cli, Error> {
    let command = Box::leak(Box::new(Cli::command()));
    let mut matches = command.try_get_matches_from_mut(arguments)?;
    Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(command))
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

/// The first word, if it is not an option: fasten has no options that other words can follow.
fn subcommand(arguments: &[OsString]) -> Option<String> {
    let first = arguments.get(1)?.to_str()?;
    (!first.starts_with('-')).then(|| first.to_owned())
}

/// clap's paragraphs as one line: what is wrong, and what would be right. Left out are the usage
/// and clap's own pointer to the help, which is always the last paragraph.
fn one_line(mut error: Error, subcommand: Option<&str>) -> String {
    if let (ErrorKind::MissingRequiredArgument, Some(ContextValue::Strings(names))) =
        (error.kind(), error.get(ContextKind::InvalidArg))
    {
        return missing(names, subcommand);
    }
    error.remove(ContextKind::Usage);
    if subcommand.is_some() {
        // clap's only tip here is to write the option after `--`, where it would be the command.
        error.remove(ContextKind::Suggested);
    }
    let text = error.to_string();
    let text = text.trim_end().rsplit_once("\n\n").map_or(&*text, |(wanted, _pointer)| wanted);
    let line = text.split("\n\n").map(unfold).collect::<Vec<_>>().join("; ");
    line.strip_prefix("error: ").unwrap_or(&line).to_owned()
}

fn missing(names: &[String], subcommand: Option<&str>) -> String {
    let missing = format!("missing: {}", names.join(" "));
    match subcommand {
        Some(subcommand @ ("exclusive" | "read" | "write")) => {
            format!("{missing}; the form is: fasten {subcommand} LOCK... -- COMMAND [ARG]...")
        }
        _ => missing,
    }
}

fn unfold(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}
