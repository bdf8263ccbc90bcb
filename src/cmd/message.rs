//! fasten's messages: one line each, in one write to standard error, so that the lines of several
//! processes do not mix.

use std::fmt::Write as _;
use std::io::{self, Write as _};

/// The system's words for an error.
pub(crate) use fasten::{lower as word, strerror};

use crate::cmd::sys::streams::{self, Stream};

/// Writes a message. It is not an error if standard error cannot be written.
pub(crate) fn report(words: &str) {
    write_stderr(format!("fasten: {}\n", printable(words)).as_bytes());
}

/// Writes a message, or drops it if that would block: other processes wait for the lock that this
/// one holds, or for this one.
pub(crate) fn report_at_once(words: &str) {
    write_stderr_at_once(format!("fasten: {}\n", printable(words)).as_bytes());
}

/// Writes the answer to standard output.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(text.as_bytes()).and_then(|()| out.flush())
}

/// What to report if the answer cannot be written.
pub(crate) fn unanswered(error: &io::Error) -> String {
    format!("standard output: cannot be written: {}; write it elsewhere", word(error))
}

/// Writes a message on a line of the terminal that will be redrawn or cleared; `false` if the
/// terminal is stopped.
pub(crate) fn draw_line(words: &str) -> bool {
    let line = format!("fasten: {}", printable(words));
    let width = streams::terminal_size(Stream::Error).0.saturating_sub(1);
    write_stderr_at_once(format!("\r{}\x1b[K", line.chars().take(width).collect::<String>()).as_bytes())
}

/// Clears the line that was drawn last.
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

/// The word as a shell would need it.
pub(crate) fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_./:=,+@%^".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Writes bytes to standard error if that does not block; `false` if they were dropped.
pub(crate) fn write_stderr_at_once(text: &[u8]) -> bool {
    streams::ignore_broken_pipe();
    streams::write_at_once(Stream::Error, text)
}

/// Writes bytes to standard error.
pub(crate) fn write_stderr(text: &[u8]) {
    streams::ignore_broken_pipe();
    let _ = io::stderr().write_all(text);
}
