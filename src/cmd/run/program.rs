//! A program with its arguments, as execvp(3) takes them, and why it could not be started.

use std::ffi::{CString, OsString};
use std::os::unix::ffi::OsStringExt;
use std::{fmt, io};

use crate::cmd::exit::Code;
use crate::cmd::message::{quoted, word};

/// A command line; never empty.
#[derive(Debug)]
pub(crate) struct Program {
    words: Vec<CString>,
}

impl Program {
    /// A program and its arguments.
    pub(crate) fn new(words: Vec<OsString>) -> Self {
        Self { words: words.into_iter().map(c_string).collect() }
    }

    /// A command string for /bin/sh, whatever `$SHELL` is.
    pub(crate) fn shell(string: OsString) -> Self {
        Self::new(vec!["/bin/sh".into(), "-c".into(), string])
    }

    /// The words, the program's name first.
    pub(crate) fn words(&self) -> &[CString] {
        &self.words
    }

    /// The name as it was given.
    pub(crate) fn name(&self) -> String {
        self.words.first().map(|word| word.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

fn c_string(argument: OsString) -> CString {
    CString::new(argument.into_vec()).expect("an argument of a process has no zero byte")
}

/// The command could not be started.
#[derive(Debug)]
pub(crate) struct CannotStart {
    name: String,
    is_shell_line: bool,
    source: io::Error,
}

impl CannotStart {
    pub(super) fn new(program: &Program, source: io::Error) -> Self {
        let name = program.name();
        let is_shell_line = program.words.len() == 1 && name.contains(|c: char| " \t\n|&;<>$".contains(c));
        Self { name, is_shell_line, source }
    }

    /// The system's error.
    pub(crate) fn error(&self) -> &io::Error {
        &self.source
    }

    /// 127 for a command that was not found, 126 for one that cannot be executed, 71 if the system
    /// has no resources left for another process.
    pub(crate) fn code(&self) -> Code {
        match self.source.raw_os_error() {
            Some(libc::ENOENT) => Code::NotFound,
            Some(libc::EAGAIN | libc::ENOMEM | libc::EMFILE | libc::ENFILE | libc::ECHILD) => Code::System,
            _ => Code::CannotExecute,
        }
    }
}

impl fmt::Display for CannotStart {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        let word = word(&self.source);
        match self.code() {
            Code::NotFound if self.is_shell_line => {
                let line = quoted(name);
                write!(out, "{name}: command not found; for a shell line use -c {line}")
            }
            Code::NotFound => write!(out, "{name}: command not found; check PATH and the script's #! line"),
            Code::System => write!(out, "{name}: cannot be started: {word}"),
            _ => write!(out, "{name}: cannot be executed: {word}"),
        }
    }
}

impl std::error::Error for CannotStart {}
