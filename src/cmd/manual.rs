//! `fasten manual`: the manual page, which `cargo install` leaves out.

use std::io::{self, IsTerminal, Write};
use std::process::{Command, Stdio};

use crate::cmd::exit::Code;
use crate::cmd::message::{print, report, unanswered, word};
use crate::cmd::sys::streams;

const PAGE: &str = include_str!("../../man/fasten.1");

/// At a terminal, man(1) shows it in a pager; otherwise its source is printed.
pub(crate) fn run() -> u8 {
    if io::stdout().is_terminal() {
        return shown().unwrap_or_else(|error| {
            report(&format!(
                "man: cannot be run: {}; 'fasten help COMMAND' explains the options, 'fasten manual > fasten.1' writes \
                 the page",
                word(&error)
            ));
            Code::NotFound.number()
        });
    }
    print(PAGE).map_or_else(
        |error| {
            report(&unanswered(&error));
            Code::System.number()
        },
        |()| 0,
    )
}

/// Its pager may end before it has read all.
fn shown() -> io::Result<u8> {
    let mut man = Command::new("man").args(["-l", "-"]).stdin(Stdio::piped()).spawn()?;
    streams::ignore_broken_pipe();
    if let Some(mut input) = man.stdin.take() {
        let _ = input.write_all(PAGE.as_bytes());
    }
    let ended = man.wait()?;
    Ok(ended.code().and_then(|code| code.try_into().ok()).unwrap_or(Code::System.number()))
}
