//! The kernel's table of locks, /proc/locks.
//!
//! The kernel gives it a page at a time and counts lines from the start for each page, so a lock that
//! is released between two pages hides another one: on a busy machine one reading in a hundred misses
//! a lock that is held all the time. That a file has no line is believed only when the table fits into
//! a page, when it has stopped changing, or when many readings agree.

use std::io;

use super::LockId;
use super::parse::{self, Entry};
use super::proc::read;

/// Every lock and every waiter on the system that this /proc shows, in one reading.
pub fn all() -> io::Result<Vec<Entry>> {
    let mut buffer = Vec::new();
    Ok(parse::locks(read("/proc/locks", &mut buffer)?).collect())
}

/// The locks and waiters of one file.
pub fn of_file(file: LockId) -> io::Result<Vec<Entry>> {
    const SMALLEST_PAGE: usize = 4096;
    const LONGEST_LINE: usize = 256;
    const ALIKE: usize = 3;
    const MOST_READINGS: usize = 16;
    let mut buffer = Vec::new();
    let mut last = Vec::new();
    let mut alike = 0;
    for _ in 0..MOST_READINGS {
        let table = read("/proc/locks", &mut buffer)?;
        let entries: Vec<_> = parse::locks(table).filter(|entry| entry.file == file.in_table()).collect();
        alike = if last == table { alike + 1 } else { 1 };
        if !entries.is_empty() || table.len() < SMALLEST_PAGE - LONGEST_LINE || alike == ALIKE {
            return Ok(entries);
        }
        table.clone_into(&mut last);
    }
    Ok(Vec::new())
}
