//! Arguments to a command line, or the one line that says what is wrong.

use std::ffi::OsString;

use clap::Parser;
use clap::error::{Error, ErrorKind};

use crate::cli::Cli;
use crate::exit::Code;
use crate::message::{answer, say};

/// The command line; or, when there is nothing to do (`--help`) or something is
/// wrong, the code to end with.
pub(crate) fn parse(arguments: Vec<OsString>) -> Result<Cli, u8> {
    Cli::try_parse_from(arguments).map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => show(&error),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            say("no subcommand: exclusive, read, write, unlock, status or doctor; see 'fasten --help'");
            Code::Usage.number()
        }
        _ => {
            say(&one_line(&error));
            Code::Usage.number()
        }
    })
}

fn show(help: &Error) -> u8 {
    if answer(&help.to_string()).is_ok() { 0 } else { Code::System.number() }
}

/// clap's paragraphs as one line: what is wrong, what would be right, where to
/// read on.
fn one_line(error: &Error) -> String {
    let text = error.to_string();
    let told = text.split("\n\n").filter(|part| !part.starts_with("Usage:") && !part.starts_with("For more"));
    let mut line = told.map(unfold).collect::<Vec<_>>().join("; ");
    if let Some(plain) = line.strip_prefix("error: ") {
        line = plain.to_owned();
    }
    if error.kind() == ErrorKind::MissingRequiredArgument {
        line = line.replace("the following required arguments were not provided:", "missing:");
        if line.contains("LOCK") || line.contains("COMMAND") {
            line.push_str("; the form is: fasten exclusive LOCK... -- COMMAND [ARG]...");
        }
    }
    format!("{}; see 'fasten --help'", line.trim_end())
}

fn unfold(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}
