//! Values made of bytes: lines and numbers of the kind that /proc has.

use std::fmt::Write;

use fasten::Mode;
use fasten::holders::LockId;
use fasten::holders::parse::{Entry, Kind};

/// The bytes that are left; when there are none, all is zero and empty.
pub struct Draw<'a>(pub &'a [u8]);

impl<'a> Draw<'a> {
    fn byte(&mut self) -> u8 {
        self.bytes_of(1).first().copied().unwrap_or_default()
    }

    fn bytes_of(&mut self, count: usize) -> &'a [u8] {
        let (first, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        first
    }

    pub fn below(&mut self, limit: u8) -> u8 {
        self.byte() % limit
    }

    pub fn bytes(&mut self) -> &'a [u8] {
        let count = usize::from(self.below(40)).min(self.0.len());
        self.bytes_of(count)
    }

    /// A word without a zero byte.
    pub fn word(&mut self) -> &'a [u8] {
        self.bytes().split(|&byte| byte == 0).next().unwrap()
    }

    /// A line of which this holds, or an empty one.
    pub fn line(&mut self, holds: impl Fn(&[u8]) -> bool) -> &'a [u8] {
        let line = self.bytes().split(|&byte| byte == b'\n').next().unwrap();
        if holds(line) { line } else { b"" }
    }

    /// Small, or near the end of a type, or beyond it.
    pub fn number(&mut self) -> u128 {
        let near = [0, 38, 1 << 31, 1 << 32, 1 << 62, 1 << 63, 1 << 64][usize::from(self.below(7))];
        let bytes = self.bytes();
        let drawn = bytes.iter().take(9).fold(0, |number, &byte| number << 8 | u128::from(byte));
        if bytes.len() < 2 { (near + drawn).saturating_sub(2) } else { drawn }
    }

    /// A line as the kernel writes it, and what it means.
    pub fn lock(&mut self, number: u8) -> (String, Entry) {
        let (name, kind) = [("FLOCK ", Kind::Flock), ("POSIX ", Kind::Posix), ("OFDLCK", Kind::Ofd)]
            [usize::from(self.below(3))];
        let (word, mode) = [("READ ", Mode::Shared), ("WRITE", Mode::Exclusive)][usize::from(self.below(2))];
        let depth = usize::from(self.below(3));
        let pid = (self.number() as u32) >> 1;
        let (major, minor, inode) =
            (self.number() as u32 >> 20, self.number() as u32 >> 12, self.number() as u64);
        let (start, end) = ((self.number() as i64).max(0), (self.number() as i64).max(0));
        let mut line = format!("{number}: ");
        if depth > 0 {
            let _ = write!(line, "{:depth$}-> ", "");
        }
        let pid_word = if pid == 0 { "-1".to_owned() } else { pid.to_string() };
        let _ = write!(line, "{name} ADVISORY  {word} {pid_word} {major:02x}:{minor:02x}:{inode} {start} ");
        let _ = if end == i64::MAX { write!(line, "EOF") } else { write!(line, "{end}") };
        let pid = (pid != 0).then_some(pid);
        let file = LockId { major, minor, inode, subvolume: None };
        (line, Entry { blocked: depth > 0, kind, mode, pid, file, start, end })
    }
}
