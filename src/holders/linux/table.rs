//! What the kernel's table says of all files, or of one.
//!
//! A reading in pieces may still be wrong where a process releases its locks and takes them again between
//! two pieces, so that they look the same and stand elsewhere. So there two readings have to agree.

use std::collections::{HashMap, HashSet};
use std::io;

use super::parse::{self, Entry};
use super::proc::read;
use super::stitch::{Joined, TABLE, joined};
use crate::holders::LockId;

/// Locks and waiters in the table's order, by file.
pub type Files = HashMap<LockId, Vec<Entry>>;

/// Every lock and every waiter on the system that this /proc shows.
///
/// # Errors
/// Those of reading it.
pub fn by_file() -> io::Result<Files> {
    believed(|_| true)
}

/// The locks and waiters of one file.
///
/// # Errors
/// Those of reading it.
pub fn of_file(file: LockId) -> io::Result<Vec<Entry>> {
    let name = file.in_table();
    Ok(of_files(&[Some(name)])?.remove(&name).unwrap_or_default())
}

/// The locks and waiters of some files, by their names in the table.
///
/// # Errors
/// Those of reading it.
pub fn of_files(names: &[Option<LockId>]) -> io::Result<Files> {
    believed(|entry| names.contains(&Some(entry.file)))
}

// What two readings in a row say of a file; of one that changes all the time, what the last one says. A
// table of a single piece needs no second reading.
fn believed(matters: impl Fn(&Entry) -> bool) -> io::Result<Files> {
    const MOST_READINGS: usize = 3;
    let mut sure = Files::new();
    let (mut last, in_pieces) = reading(&matters)?;
    for _ in 1..if in_pieces { MOST_READINGS } else { 1 } {
        let (now, _) = reading(&matters)?;
        let alike = last.iter().filter(|(file, entries)| now.get(file) == Some(entries));
        sure.extend(alike.map(|(file, entries)| (*file, entries.clone())));
        let settled = last.keys().chain(now.keys()).all(|file| sure.contains_key(file));
        last = now;
        if settled {
            break;
        }
    }
    last.extend(sure);
    Ok(last)
}

fn reading(matters: impl Fn(&Entry) -> bool) -> io::Result<(Files, bool)> {
    const TRIES: usize = 8;
    for _ in 0..TRIES {
        if let Some(Joined { entries, pieces }) = joined()? {
            return Ok((files(entries.into_iter().filter(matters)), pieces > 1));
        }
    }
    let mut buffer = Vec::new();
    Ok((files(parse::locks(read(TABLE, &mut buffer)?).filter(matters)), true))
}

// A process has no lock twice, but OFD locks name none.
fn files(entries: impl Iterator<Item = Entry>) -> Files {
    let mut seen = HashSet::new();
    let mut files = Files::new();
    for entry in entries {
        if entry.pid.is_none() || seen.insert(entry) {
            files.entry(entry.file).or_default().push(entry);
        }
    }
    files
}
