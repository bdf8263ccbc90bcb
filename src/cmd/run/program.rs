//! What is run: a program with its arguments, as the system wants them.

use std::ffi::{CString, OsString};
use std::os::unix::ffi::OsStringExt;

/// A command line; never empty.
#[derive(Debug)]
pub(crate) struct Program {
    words: Vec<CString>,
}

impl Program {
    /// A program and its arguments.
    pub(crate) fn new(words: Vec<OsString>) -> Self {
        Self { words: words.into_iter().map(word).collect() }
    }

    /// A command string, for /bin/sh whatever `$SHELL` says.
    pub(crate) fn shell(string: OsString) -> Self {
        Self::new(vec!["/bin/sh".into(), "-c".into(), string])
    }

    /// The words, the program's name first.
    pub(crate) fn words(&self) -> &[CString] {
        &self.words
    }

    /// The name that it was given by.
    pub(crate) fn name(&self) -> String {
        self.words.first().map(|word| word.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

fn word(argument: OsString) -> CString {
    CString::new(argument.into_vec()).expect("an argument of a process has no zero byte")
}
