//! The options of a command line as glibc's `getopt_long(3)` reads them, which util-linux's flock
//! uses: its rules for bundles, abbreviations and the end of the options, and its messages.
//!
//! Other C libraries have other messages, and musl refuses abbreviations that glibc accepts; a
//! script must not depend on the C library that fasten was linked with.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use crate::cmd::message::write_stderr;

/// A long option: its name, whether it takes a value, and the letter that stands for it.
pub(super) type Long = (&'static str, bool, u8);

/// What stands for a wrong option, which has been reported on standard error.
const WRONG: u8 = b'?';

/// The options, one after the other, each with its value. They end at the first operand.
pub(super) struct Getopt {
    words: Vec<OsString>,
    letters: &'static str,
    long: &'static [Long],
    /// The word that is read next.
    place: usize,
    /// How many bytes of that word have been read; 0 outside of a bundle.
    read: usize,
}

impl Getopt {
    /// The program's name is the first word. In `letters`, a colon follows each letter that takes a
    /// value.
    pub(super) fn new(words: Vec<OsString>, letters: &'static str, long: &'static [Long]) -> Self {
        Self { words, letters, long, place: 1, read: 0 }
    }

    /// The next word; inside a bundle it is the same one again.
    pub(super) fn next_word(&self) -> Option<&OsStr> {
        self.words.get(self.place).map(OsString::as_os_str)
    }

    /// The words after the options, once all options have been read.
    pub(super) fn operands(mut self) -> Vec<OsString> {
        self.words.split_off(self.place.min(self.words.len()))
    }

    /// The value that is a word of its own.
    fn take_word(&mut self) -> Option<OsString> {
        let word = self.words.get(self.place).cloned()?;
        self.place += 1;
        Some(word)
    }

    fn long_option(&mut self, text: &[u8]) -> (u8, OsString) {
        let (name, value) = match text.iter().position(|&byte| byte == b'=') {
            Some(end) => (&text[..end], Some(&text[end + 1..])),
            None => (text, None),
        };
        let (full, takes_value, letter) = match self.look_up(name) {
            Found::One(option) => option,
            Found::None => return self.wrong(&[b"unrecognized option '--", text, b"'"]),
            Found::Several(names) => {
                let names: Vec<u8> =
                    names.iter().flat_map(|name| format!(" '--{name}'").into_bytes()).collect();
                return self.wrong(&[b"option '--", text, b"' is ambiguous; possibilities:", &names]);
            }
        };
        let full = full.as_bytes();
        match (takes_value, value) {
            (false, None) => (letter, OsString::new()),
            (false, Some(_)) => self.wrong(&[b"option '--", full, b"' doesn't allow an argument"]),
            (true, Some(value)) => (letter, OsString::from_vec(value.to_vec())),
            (true, None) => match self.take_word() {
                Some(value) => (letter, value),
                None => self.wrong(&[b"option '--", full, b"' requires an argument"]),
            },
        }
    }

    /// The option of this name, or those that begin with it. Several that mean the same are one.
    fn look_up(&self, name: &[u8]) -> Found {
        let mut candidates = self.long.iter().filter(|(full, ..)| full.as_bytes().starts_with(name));
        if let Some(exact) = self.long.iter().find(|(full, ..)| full.as_bytes() == name) {
            return Found::One(*exact);
        }
        let Some(first) = candidates.next() else { return Found::None };
        let others = candidates.filter(|other| (other.1, other.2) != (first.1, first.2));
        let others: Vec<&str> = others.map(|(full, ..)| *full).collect();
        if others.is_empty() { Found::One(*first) } else { Found::Several([vec![first.0], others].concat()) }
    }

    /// The letter at the place in a bundle.
    fn short_option(&mut self) -> (u8, OsString) {
        let word = self.words[self.place].as_bytes();
        let (letter, rest) = (word[self.read], word[self.read + 1..].to_vec());
        self.read += 1;
        if rest.is_empty() {
            (self.place, self.read) = (self.place + 1, 0);
        }
        let known = self.letters.bytes().position(|known| known == letter && known != b':');
        let takes_value = known.map(|at| self.letters.as_bytes().get(at + 1) == Some(&b':'));
        match takes_value {
            None => self.wrong(&[b"invalid option -- '", &[letter], b"'"]),
            Some(false) => (letter, OsString::new()),
            Some(true) if !rest.is_empty() => {
                (self.place, self.read) = (self.place + 1, 0);
                (letter, OsString::from_vec(rest))
            }
            Some(true) => match self.take_word() {
                Some(value) => (letter, value),
                None => self.wrong(&[b"option requires an argument -- '", &[letter], b"'"]),
            },
        }
    }

    fn wrong(&self, message: &[&[u8]]) -> (u8, OsString) {
        let name = self.words.first().map(|name| name.as_bytes()).unwrap_or_default();
        write_stderr(&[name, b": ", &message.concat(), b"\n"].concat());
        (WRONG, OsString::new())
    }
}

/// What a name, or the beginning of one, stands for.
enum Found {
    None,
    One(Long),
    Several(Vec<&'static str>),
}

impl Iterator for Getopt {
    type Item = (u8, OsString);

    fn next(&mut self) -> Option<Self::Item> {
        if self.read > 0 {
            return Some(self.short_option());
        }
        let word = self.next_word()?.as_bytes().to_vec();
        match word.as_slice() {
            b"--" => {
                self.place += 1;
                None
            }
            [b'-', b'-', name @ ..] => {
                self.place += 1;
                Some(self.long_option(name))
            }
            [b'-', _, ..] => {
                self.read = 1;
                Some(self.short_option())
            }
            _ => None,
        }
    }
}
