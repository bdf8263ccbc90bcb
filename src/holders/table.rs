//! What the kernel's table says of all files, or of one.

use std::collections::{HashMap, HashSet};
use std::io;

use super::LockId;
use super::parse::{self, Entry};
use super::pieces::{TABLE, joined};
use super::proc::read;

/// Locks and waiters in the table's order, by file.
pub type Files = HashMap<LockId, Vec<Entry>>;

/// Every lock and every waiter on the system that this /proc shows.
pub fn by_file() -> io::Result<Files> {
    about(|_| true)
}

/// The locks and waiters of one file.
pub fn of_file(file: LockId) -> io::Result<Vec<Entry>> {
    let name = file.in_table();
    let of_this = || Ok(about(|entry| entry.file == name)?.remove(&name).unwrap_or_default());
    let entries: Vec<Entry> = of_this()?;
    // A lock that is held must never be said to be free, so two readings have to say it.
    if entries.is_empty() { of_this() } else { Ok(entries) }
}

// A reading that is right as a whole, or else what several in a row say of the entries that matter.
fn about(matters: impl Fn(&Entry) -> bool) -> io::Result<Files> {
    const TRIES: usize = 8;
    const ALIKE: usize = 3;
    for _ in 0..TRIES {
        if let Some(entries) = joined()? {
            return Ok(files(entries.into_iter().filter(matters)));
        }
    }
    let mut buffer = Vec::new();
    let mut last = Files::new();
    let mut alike = 0;
    for _ in 0..TRIES {
        let now = files(parse::locks(read(TABLE, &mut buffer)?).filter(&matters));
        alike = if now == last { alike + 1 } else { 1 };
        last = now;
        if alike == ALIKE {
            break;
        }
    }
    Ok(last)
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
