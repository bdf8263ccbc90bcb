//! `fasten manual`: the manual page, which `cargo install` leaves out.

use std::convert::Infallible;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, IsTerminal, Seek, Write};
use std::{env, process};

use nix::unistd::dup2_stdin;

use crate::cmd::exit::Code;
use crate::cmd::message::{print, report, unanswered, word};
use crate::cmd::run::Program;
use crate::cmd::sys::entry;

const PAGE: &str = include_str!("../../man/fasten.1");

/// At a terminal, man(1) shows it in a pager; otherwise its source is printed.
pub(crate) fn run() -> u8 {
    if io::stdout().is_terminal() {
        let Err(error) = replaced_by_man();
        report(&format!(
            "man: cannot be run: {}; 'fasten help COMMAND' explains the options, 'fasten manual > fasten.1' writes the \
             page",
            word(&error)
        ));
        return Code::NotFound.number();
    }
    print(PAGE).map_or_else(
        |error| {
            report(&unanswered(&error));
            Code::System.number()
        },
        |()| 0,
    )
}

/// Becomes man(1), which reads the page from a file without a name; returns only if it cannot.
fn replaced_by_man() -> io::Result<Infallible> {
    let path = env::temp_dir().join(format!("fasten-manual.{}", process::id()));
    let mut page = File::options().read(true).write(true).create_new(true).open(&path)?;
    fs::remove_file(&path)?;
    page.write_all(PAGE.as_bytes())?;
    page.rewind()?;
    dup2_stdin(&page)?;
    let man = Program::new(["man", "-l", "-"].map(OsString::from).to_vec());
    Err(entry::replace_process(man.words(), &[]))
}
