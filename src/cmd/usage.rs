//! Arguments to a command line, or the one line that says what is wrong.

use std::ffi::OsString;

use clap::error::{Error, ErrorKind};
use clap::{CommandFactory, FromArgMatches};

use crate::cmd::args::Cli;
use crate::cmd::exit::Code;
use crate::cmd::fast_path;
use crate::cmd::message::{print, report, unanswered};

/// The command line; or, when there is nothing to do (`--help`) or something is
/// wrong, the code to end with.
pub(crate) fn parse(arguments: Vec<OsString>) -> Result<Cli, u8> {
    if let Some(everyday) = fast_path::parse(&arguments) {
        return Ok(everyday);
    }
    let form = form(&arguments);
    try_parse(arguments).map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => show(&error),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            report("no subcommand: exclusive, read, write, unlock, status or doctor; see 'fasten --help'");
            Code::Usage.number()
        }
        _ => {
            report(&one_line(&error, form));
            Code::Usage.number()
        }
    })
}

/// As clap's own, but what clap knows of the command line is not taken apart again:
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

/// The subcommand whose form is shown to one that has left out something.
fn form(arguments: &[OsString]) -> &'static str {
    let known = |name: &&str| arguments.get(1).is_some_and(|asked| asked == name);
    ["read", "write"].into_iter().find(known).unwrap_or("exclusive")
}

/// How the paragraphs begin that are left out: where to read on is said in our own words, and
/// what stands behind `--`, as the tip has it, would be the command.
const NOT_TOLD: [&str; 3] = ["Usage:", "For more", "tip: to pass"];

/// clap's paragraphs as one line: what is wrong, what would be right, where to
/// read on.
fn one_line(error: &Error, form: &str) -> String {
    let text = error.to_string();
    let told =
        text.split("\n\n").filter(|part| !NOT_TOLD.iter().any(|start| part.trim_start().starts_with(start)));
    let mut line = told.map(unfold).collect::<Vec<_>>().join("; ");
    if let Some(plain) = line.strip_prefix("error: ") {
        line = plain.to_owned();
    }
    if error.kind() == ErrorKind::MissingRequiredArgument {
        line = line.replace("the following required arguments were not provided:", "missing:");
        if line.contains("LOCK") || line.contains("COMMAND") {
            line = format!("{line}; the form is: fasten {form} LOCK... -- COMMAND [ARG]...");
        }
    }
    format!("{}; see 'fasten --help'", line.trim_end())
}

fn unfold(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}
