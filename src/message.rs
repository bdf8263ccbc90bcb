//! fasten's own words: one line each, on standard error, in one write, so that
//! lines of several processes do not mix.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use crate::sys::pipe;

/// Says it. That nobody listens is no error.
pub(crate) fn say(words: &str) {
    let mut line = String::from("fasten: ");
    for letter in words.chars() {
        if letter.is_control() {
            let _ = write!(line, "{}", letter.escape_default());
        } else {
            line.push(letter);
        }
    }
    line.push('\n');
    pipe::ignore_broken();
    let _ = io::stderr().write_all(line.as_bytes());
}
