//! fasten's own words: one line each, on standard error, in one write, so that
//! lines of several processes do not mix.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use crate::cmd::sys::streams::{self, Stream};

/// Says it. That nobody listens is no error.
pub(crate) fn report(words: &str) {
    write_stderr(format!("fasten: {}\n", printable(words)).as_bytes());
}

/// Says it, or drops it where that would have to wait for a reader: somebody waits for the lock
/// that we hold, or for us.
pub(crate) fn report_at_once(words: &str) {
    write_stderr_at_once(format!("fasten: {}\n", printable(words)).as_bytes());
}

/// What was asked for, on standard output.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(text.as_bytes()).and_then(|()| out.flush())
}

/// That an answer could not be given.
pub(crate) fn unanswered(error: &io::Error) -> String {
    format!("standard output: cannot be written: {}; write it elsewhere", word(error))
}

/// The system's word for what went wrong, in our own lines: `permission denied`.
pub(crate) fn word(error: &io::Error) -> String {
    let text = strerror(error);
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// The same as the C library has it: `Permission denied`.
pub(crate) fn strerror(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

/// Says it on a line of a terminal that will be said anew, or cleared; `false` if the terminal is
/// stopped.
pub(crate) fn draw_line(words: &str) -> bool {
    let line = format!("fasten: {}", printable(words));
    let width = streams::terminal_width().saturating_sub(1);
    write_stderr_at_once(format!("\r{}\x1b[K", line.chars().take(width).collect::<String>()).as_bytes())
}

/// Takes the line away that was drawn last.
pub(crate) fn clear_line() {
    write_stderr_at_once(b"\r\x1b[K");
}

/// Whether the character would move a terminal's cursor, end the line, or show the letters around
/// it in another order: the control characters (C0, DEL, C1), and those for bidirectional text.
pub(crate) fn is_treacherous(letter: char) -> bool {
    let separates_lines = matches!(letter, '\u{2028}' | '\u{2029}');
    let turns = matches!(
        letter,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    letter.is_control() || separates_lines || turns
}

/// The words with what would move a terminal's cursor, end the line, or turn it around, spelt out.
pub(crate) fn printable(words: &str) -> String {
    words.chars().fold(String::new(), |mut line, letter| {
        if is_treacherous(letter) {
            let _ = write!(line, "{}", letter.escape_default());
        } else {
            line.push(letter);
        }
        line
    })
}

/// Puts it there if nobody has to be waited for; whether it was put there.
pub(crate) fn write_stderr_at_once(text: &[u8]) -> bool {
    streams::ignore_broken_pipe();
    streams::write_at_once(Stream::Error, text)
}

/// Puts it there as it is.
pub(crate) fn write_stderr(text: &[u8]) {
    streams::ignore_broken_pipe();
    let _ = io::stderr().write_all(text);
}
