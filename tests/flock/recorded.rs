//! What the newest flock(1) did with each line, so that nobody needs to have it: recorded.txt,
//! which `tools/record-flock` makes by running these same tests.
//!
//! One line of the file is the shell line, the code, standard output and standard error, between
//! tabs, in Rust's escapes.

use std::env;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use super::both::{Flock, Outcome, run};

const RECORD: &str = include_str!("recorded.txt");

/// The program that is being recorded, and the file to add to.
pub fn recording() -> Option<(PathBuf, PathBuf)> {
    Some((env::var_os("FASTEN_RECORD_OF")?.into(), env::var_os("FASTEN_RECORD")?.into()))
}

/// What it does with this line.
pub fn newest(line: &str) -> Outcome {
    let key = format!("{}\t", escaped(line.as_bytes()));
    if let Some((_, file)) = recording() {
        let outcome = run(Flock::Newest, line);
        let [out, err] = [&outcome.out, &outcome.err].map(|bytes| escaped(bytes));
        let entry = format!("{key}{}\t{out}\t{err}\n", outcome.code.unwrap());
        let mut file = OpenOptions::new().append(true).create(true).open(file).unwrap();
        file.write_all(entry.as_bytes()).unwrap();
        return outcome;
    }
    let entry = RECORD.lines().find_map(|entry| entry.strip_prefix(&key));
    let entry = entry.unwrap_or_else(|| panic!("not recorded, tools/record-flock does it: {line}"));
    let fields: Vec<&str> = entry.split('\t').collect();
    let [code, out, err] = fields[..] else { panic!("not three fields: {entry}") };
    Outcome { code: Some(code.parse().unwrap()), out: unescaped(out), err: unescaped(err) }
}

fn escaped(bytes: &[u8]) -> String {
    let quote = |byte: &u8| matches!(byte, b'"' | b'\'');
    let one =
        |byte: &u8| if quote(byte) { char::from(*byte).to_string() } else { byte.escape_ascii().to_string() };
    bytes.iter().map(one).collect()
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match (byte, byte == b'\\') {
            (byte, false) => byte,
            (_, true) => match rest.next().unwrap() {
                b'n' => b'\n',
                b't' => b'\t',
                b'r' => b'\r',
                b'x' => {
                    let digits = [rest.next().unwrap(), rest.next().unwrap()].map(char::from);
                    u8::from_str_radix(&String::from_iter(digits), 16).unwrap()
                }
                itself => itself,
            },
        });
    }
    bytes
}
