//! The kernel's table of locks, /proc/locks, read as if at one moment.
//!
//! One read(2) returns a page at most, about 70 locks, however large the buffer is. At the next one
//! the kernel finds its place again by counting locks from the start. So a lock that is released
//! before that place makes it skip another one, and a lock that is added there makes it repeat one.
//! While other processes lock all the time, hardly any plain reading is right
//! (`tests/holders_beside.rs` tries it).
//!
//! **Two descriptors.** A table of several pieces is therefore read through two descriptors in
//! turn, half a piece apart. Each piece begins in the middle of the one before, and both are
//! stitched together where their lines agree: that shows how far the table was shifted. A lock that
//! existed all the time is then neither lost between two pieces nor listed twice. If two pieces do
//! not agree anywhere, too much changed between two reads, and the reading is repeated.
//!
//! **Two readings.** A stitch can be in the wrong place: if a process releases its locks and takes
//! them again between two reads, the lines look the same and stand elsewhere. So a table that came
//! in pieces is read twice, and of each file we return what two readings in a row agree on.
//!
//! **What can still be wrong.** A file that changes in every reading is reported as the last one
//! shows it. If no reading can be stitched, a plain one is used. A lock without a pid (an OFD lock)
//! may be listed twice. And the table omits a waiter from its waking until it finds the lock taken
//! again. Callers that must be sure look twice, as those of
//! [`wait_cycle`](crate::holders::wait_cycle) do, or read descriptors.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Seek, SeekFrom};

use super::parse::{self, Entry};
use super::proc::{read, read_once};
use crate::holders::LockId;

/// The locks and waiters of each file, in the table's order.
pub type Files = HashMap<LockId, Vec<Entry>>;

/// All locks and waiters on the system that this /proc shows.
///
/// # Errors
/// Those of reading /proc/locks.
pub fn by_file() -> io::Result<Files> {
    stable(|_| true)
}

/// The locks and waiters of one file.
///
/// # Errors
/// Those of reading /proc/locks.
pub fn of_file(file: LockId) -> io::Result<Vec<Entry>> {
    let name = file.in_table();
    Ok(of_files(&[Some(name)])?.remove(&name).unwrap_or_default())
}

/// The locks and waiters of several files, given by their names in the table.
///
/// # Errors
/// Those of reading /proc/locks.
pub fn of_files(names: &[Option<LockId>]) -> io::Result<Files> {
    stable(|entry| names.contains(&Some(entry.file)))
}

/// For each file, what two readings in a row agree on; for a file that changes all the time, what
/// the last reading shows. A table of a single piece was written by the kernel in one go, under its
/// own locks, and needs no second reading.
fn stable(matters: impl Fn(&Entry) -> bool) -> io::Result<Files> {
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

/// One reading, and whether it came in pieces.
fn reading(matters: impl Fn(&Entry) -> bool) -> io::Result<(Files, bool)> {
    const TRIES: usize = 8;
    for _ in 0..TRIES {
        if let Some(Snapshot { entries, pieces }) = Snapshot::read()? {
            return Ok((files(entries.into_iter().filter(matters)), pieces > 1));
        }
    }
    let mut buffer = Vec::new();
    Ok((files(parse::locks(read(TABLE, &mut buffer)?).filter(matters)), true))
}

/// A repeated line is dropped, as no process has one lock twice. Without a pid, it may be another.
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

pub const TABLE: &str = "/proc/locks";
/// Enough for a lock with two hundred waiters, which the kernel returns in one piece, however long.
/// If a lock has more, the table is read again with more room.
const ROOM: usize = 1 << 14;
const PAGE: usize = 4096;
/// A piece that leaves so much of its page free is taken for the last one. A piece before a lock
/// with twenty waiters may leave as much too: then the next read returns something.
const FREE_AT_THE_END: usize = 1024;
/// Pieces meet where this many lines in a row agree: one may be a lock that was taken again.
const LINES_IN_COMMON: usize = 4;

/// One reading of the table, stitched together.
#[derive(Debug)]
struct Snapshot {
    /// All entries. A lock that existed during the whole reading is listed, and listed once.
    entries: Vec<Entry>,
    /// The number of pieces.
    pieces: usize,
}

impl Snapshot {
    /// Reads the table. `None` if two pieces do not meet: the table changes too fast, or a lock has
    /// so many waiters that they fill the overlap.
    fn read() -> io::Result<Option<Self>> {
        let mut entries = Vec::new();
        let Some(pieces) = pieces(ROOM)? else { return Ok(None) };
        let all = pieces.iter().all(|piece| stitch(&mut entries, parse::locks(piece).collect()));
        Ok(all.then_some(Self { entries, pieces: pieces.len() }))
    }
}

/// The pieces of the table, each beginning in the middle of the one before; `None` if the table
/// shrank meanwhile. They are parsed later, so that little time passes between two reads.
fn pieces(room: usize) -> io::Result<Option<Vec<Vec<u8>>>> {
    let mut buffer = vec![0; room];
    let mut files = vec![File::open(TABLE)?];
    let mut pieces = Vec::new();
    let mut turn = 0;
    let mut at_end = true;
    loop {
        let count = read_once(&mut files[turn], &mut buffer)?;
        if count == 0 {
            // An end that the last piece did not announce: what followed it is gone.
            return Ok(at_end.then_some(pieces));
        }
        if count == room {
            return self::pieces(room * 16);
        }
        let piece = buffer[..count].to_vec();
        at_end = count.next_power_of_two().max(PAGE) - count >= FREE_AT_THE_END;
        if !at_end {
            if pieces.is_empty() {
                // Only now, as most tables end with the first piece.
                let mut between = File::open(TABLE)?;
                if between.seek(SeekFrom::Start(middle(&piece))).is_err() {
                    return Ok(None);
                }
                files.push(between);
            }
            turn = (turn + 1) % files.len();
        }
        pieces.push(piece);
    }
}

/// The offset of the first line that begins in the second half.
fn middle(piece: &[u8]) -> u64 {
    let half = piece.len() / 2;
    let rest = piece[half..].iter().position(|&byte| byte == b'\n');
    rest.map_or(0, |rest| half + rest + 1) as u64
}

/// Appends a piece at the last place where it meets the entries; false if they do not meet. After
/// that place the new piece counts, as it was read later.
///
/// Pieces meet at a held lock with a pid, and the lines before it. They do not meet at a waiter,
/// as a piece may begin among the waiters of a lock, which the kernel wrote earlier than the lines
/// after them; nor at a line without a pid, as the table may contain many equal ones.
fn stitch(entries: &mut Vec<Entry>, piece: Vec<Entry>) -> bool {
    if entries.is_empty() {
        *entries = piece;
        return true;
    }
    let meeting = |end: usize| {
        let last = entries.get(end.checked_sub(LINES_IN_COMMON)?..end)?;
        let lock = last.last()?;
        let in_piece = piece.windows(LINES_IN_COMMON).position(|lines| lines == last)?;
        (!lock.blocked && lock.pid.is_some()).then_some((end, in_piece + LINES_IN_COMMON))
    };
    let earliest = entries.len().saturating_sub(piece.len());
    match (earliest..=entries.len()).rev().find_map(meeting) {
        Some((end, rest)) => {
            entries.truncate(end);
            entries.extend_from_slice(&piece[rest..]);
            true
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(names: &str) -> Vec<Entry> {
        let line = |(number, name): (usize, char)| match name {
            'w' => format!("{number}: -> FLOCK  ADVISORY  WRITE {} 08:01:5 0 EOF", 7000 + number),
            'o' => "1: OFDLCK ADVISORY  READ -1 08:01:5 0 EOF".to_owned(),
            _ => format!("1: FLOCK  ADVISORY  WRITE {} 08:01:5 0 EOF", u32::from(name)),
        };
        names.chars().enumerate().map(line).map(|line| parse::lock(line.as_bytes()).unwrap()).collect()
    }

    fn stitched(first: &str, second: &str) -> Option<Vec<Entry>> {
        let mut all = entries(first);
        stitch(&mut all, entries(second)).then_some(all)
    }

    #[test]
    fn pieces_meet_where_both_say_the_same() {
        assert_eq!(stitched("abcdefgh", "efghijkl"), Some(entries("abcdefghijkl")));
        assert_eq!(stitched("abcdefgh", "xdefgh"), Some(entries("abcdefgh")));
    }

    #[test]
    fn after_the_meeting_the_newer_piece_is_right() {
        assert_eq!(stitched("abcdefgh", "cdefhijk"), Some(entries("abcdefhijk")));
    }

    #[test]
    fn pieces_that_have_nothing_in_common_do_not_meet() {
        assert_eq!(stitched("abcdefgh", "ijklmnop"), None);
        assert_eq!(stitched("abcdefgh", "fghijklm"), None, "three lines may be chance");
        assert_eq!(stitched("abcdefgh", ""), None);
    }

    #[test]
    fn pieces_do_not_meet_among_nameless_locks_or_waiters() {
        assert_eq!(stitched("abcdooooo", "ooooooooef"), None);
        assert_eq!(stitched("abcdwwww", "abcdwwwwef"), Some(entries("abcdwwwwef")));
        let mut waiters = entries("abcdwwwwww");
        let piece = waiters[4..].to_vec();
        assert!(!stitch(&mut waiters, piece));
    }
}
