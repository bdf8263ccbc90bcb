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
pub fn entries(inode: u64) -> Vec<Entry> {
    let mut found: Vec<_> = lines(inode).iter().filter_map(|line| entry(line)).collect();
    found.sort();
    found.dedup();
    found
}

/// How many sleep in the kernel for a lock on this file, also those that it does
/// not name: the waiters of open file descriptions.
pub fn waiting(inode: u64) -> usize {
    lines(inode).iter().filter(|line| line.starts_with("-> ")).count()
}

/// The lines about the file with this inode, without their numbers.
///
/// The kernel gives the table out in pieces and lets others change it between two
/// of them, so a line can be there twice, or not at all. What three readings in a
/// row say is taken for true.
pub fn lines(inode: u64) -> Vec<String> {
    let mut agreed = 0;
    let mut last = read(inode);
    while agreed < 2 {
        let next = read(inode);
        agreed = if next == last { agreed + 1 } else { 0 };
        last = next;
    }
    last
}

fn read(inode: u64) -> Vec<String> {
    let table = fs::read_to_string("/proc/locks").unwrap();
    let of_the_file = format!(":{inode} ");
    let about = table.lines().filter(|line| line.contains(&of_the_file));
    let mut found: Vec<_> =
        about.filter_map(|line| Some(line.split_once(':')?.1.trim_start().to_owned())).collect();
    found.sort();
    found
}

/// `-> POSIX  ADVISORY  WRITE 4711 fd:00:815 4611686018427387904 EOF`
fn entry(line: &str) -> Option<Entry> {
    let mut words = line.split_whitespace().peekable();
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
