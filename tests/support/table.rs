//! The kernel's table of locks, /proc/locks, as far as it is about one file.
#![allow(dead_code, reason = "each test program uses its part of it")]

use std::fs;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    Flock,
    Posix,
}

/// A lock that is held or waited for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub pid: u32,
    pub waits: bool,
    pub family: Family,
    pub writes: bool,
    pub first: u64,
    pub last: u64,
}

impl Entry {
    pub fn covers(&self, byte: u64) -> bool {
        self.family == Family::Posix && (self.first..=self.last).contains(&byte)
    }

    pub fn is_gate_from(&self, byte: u64) -> bool {
        self.family == Family::Posix && self.first == byte
    }
}

/// What the table says of the file with this inode, in no particular order.
///
/// The kernel gives it out in pieces and lets others change it between two of
/// them, so an entry can be there twice, or not at all. What three readings in a
/// row say is taken for true.
pub fn entries(inode: u64) -> Vec<Entry> {
    let mut agreed = 0;
    let mut last = read(inode);
    while agreed < 2 {
        let next = read(inode);
        agreed = if next == last { agreed + 1 } else { 0 };
        last = next;
    }
    last
}

fn read(inode: u64) -> Vec<Entry> {
    let table = fs::read_to_string("/proc/locks").unwrap();
    let of_the_file = format!(":{inode} ");
    let lines = table.lines().filter(|line| line.contains(&of_the_file));
    let mut found: Vec<_> = lines.filter_map(entry).collect();
    found.sort();
    found.dedup();
    found
}

/// `1: -> POSIX  ADVISORY  WRITE 4711 fd:00:815 4611686018427387904 EOF`
fn entry(line: &str) -> Option<Entry> {
    let mut words = line.split_whitespace().skip(1).peekable();
    let waits = words.next_if_eq(&"->").is_some();
    let family = match words.next()? {
        "FLOCK" => Family::Flock,
        "POSIX" => Family::Posix,
        _ => return None,
    };
    let writes = words.nth(1)? == "WRITE";
    let pid = words.next()?.parse().ok()?;
    let first = words.nth(1)?.parse().ok()?;
    let last = match words.next()? {
        "EOF" => u64::MAX,
        number => number.parse().ok()?,
    };
    Some(Entry { pid, waits, family, writes, first, last })
}
