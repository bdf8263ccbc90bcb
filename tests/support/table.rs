//! The kernel's table of locks, /proc/locks, as far as it is about one lock.
#![allow(dead_code, reason = "each program uses its part of it")]

use std::path::Path;

use fasten::Mode;
use fasten::holders::LockId;
use fasten::holders::parse::{self, Kind};

use super::gate_file;

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

/// What the table says of this lock and its gates, in no particular order. PRESENT and CONVERSION, which name no
/// process, are left out.
pub fn entries(lock: &Path) -> Vec<Entry> {
    let mut found: Vec<_> = lines(lock).iter().filter_map(|line| entry(line)).collect();
    found.sort();
    found.dedup();
    found
}

/// How many sleep in the kernel for this lock or one of its gates, also those that it does
/// not name: the waiters of open file descriptions.
pub fn waiting(lock: &Path) -> usize {
    lines(lock).iter().filter(|line| line.starts_with("-> ")).count()
}

/// The lines about this lock file and its gate file, without their numbers. The kernel
/// gives the table out in pieces, so a line can be missing from a plain reading, or
/// be there twice: fasten's own way of reading it knows of that.
pub fn lines(lock: &Path) -> Vec<String> {
    let inodes = gate_file::inodes(lock);
    let files = fasten::holders::snapshot::by_file().unwrap();
    let about = files.into_iter().filter(|(file, _)| inodes.contains(&file.inode));
    let mut lines: Vec<_> = about.flat_map(|(_, entries)| entries).map(|entry| line(&entry)).collect();
    lines.sort();
    lines
}

fn line(entry: &parse::Entry) -> String {
    let arrow = if entry.blocked { "-> " } else { "" };
    let kind = match entry.kind {
        Kind::Flock => "FLOCK",
        Kind::Posix => "POSIX",
        Kind::Ofd => "OFDLCK",
    };
    let mode = if entry.mode == Mode::Exclusive { "WRITE" } else { "READ" };
    let pid = entry.pid.map_or(-1, i64::from);
    let LockId { major, minor, inode, .. } = entry.file;
    let end = if entry.end == i64::MAX { "EOF".to_owned() } else { entry.end.to_string() };
    format!("{arrow}{kind} ADVISORY {mode} {pid} {major:02x}:{minor:02x}:{inode} {} {end}", entry.start)
}

/// `-> POSIX ADVISORY WRITE 4711 fd:00:815 4611686018427387904 EOF`
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
