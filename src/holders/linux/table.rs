//! What the kernel's table says of all files, or of one.
//!
//! A reading in pieces may still be wrong where a process releases its locks and takes them again between
//! two pieces, so that they look the same and stand elsewhere. So there two readings have to agree.
//!
//! The kernel's table of locks, /proc/locks, read as if at one moment.
//!
//! Whatever the buffer, one read(2) gives no more than a page, about 70 locks. Between two of them locks
//! come and go, and the kernel finds its place again by counting from the start: a lock released before
//! that place hides another one, and a new one shows another twice. Read like that, hardly a try of
//! `tests/holders_beside.rs` comes out right.
//!
//! So a table of several pieces is read through two descriptors, half a piece apart and in turns. Each
//! piece then begins in the middle of the one before, and is joined to it where both say the same: no lock
//! that was there all the time is lost between them, or told twice. Where they have nothing in common, too
//! much has changed meanwhile, and the reading is given up.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::parse::{self, Entry};
use super::proc::read;
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

pub const TABLE: &str = "/proc/locks";
// For a lock with two hundred waiters; one with more is read with more room.
const ROOM: usize = 1 << 14;
const PAGE: usize = 4096;
// What is left of the page of the last piece. In front of a lock with twenty waiters it may be that much
// as well; that is found out by reading on.
const LEFT_AT_THE_END: usize = 1024;
// A single line may be that of a lock which was released and taken again, so it stands elsewhere now.
const LINES_IN_COMMON: usize = 4;

/// A reading of the table.
#[derive(Debug)]
pub struct Joined {
    /// All entries; each lock that was there all the time is there, and once.
    pub entries: Vec<Entry>,
    /// The number of pieces that they were read in.
    pub pieces: usize,
}

/// Reads the table; `None` if it changes too fast, or if two pieces cannot meet because a lock has so many
/// waiters.
pub fn joined() -> io::Result<Option<Joined>> {
    let mut entries = Vec::new();
    let Some(pieces) = pieces(ROOM)? else { return Ok(None) };
    let all = pieces.iter().all(|piece| join(&mut entries, parse::locks(piece).collect()));
    Ok(all.then_some(Joined { entries, pieces: pieces.len() }))
}

// Nothing else is done meanwhile: the less time goes by, the less changes between two pieces.
fn pieces(room: usize) -> io::Result<Option<Vec<Vec<u8>>>> {
    let mut buffer = vec![0; room];
    let mut files = vec![File::open(TABLE)?];
    let mut pieces = Vec::new();
    let mut turn = 0;
    let mut at_end = true;
    loop {
        let count = read_on(&mut files[turn], &mut buffer)?;
        if count == 0 {
            return Ok(at_end.then_some(pieces));
        }
        if count == room {
            return self::pieces(room * 16);
        }
        let piece = buffer[..count].to_vec();
        at_end = count.next_power_of_two().max(PAGE) - count >= LEFT_AT_THE_END;
        if !at_end {
            if pieces.is_empty() {
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

fn read_on(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

// The start of a line.
fn middle(piece: &[u8]) -> u64 {
    let half = piece.len() / 2;
    let rest = piece[half..].iter().position(|&byte| byte == b'\n');
    rest.map_or(0, |rest| half + rest + 1) as u64
}

// A piece may begin among the waiters of a lock, and these are older than what follows them: so two pieces
// meet at a lock, and not at the first one. A line that names no process may be there many times.
fn join(entries: &mut Vec<Entry>, piece: Vec<Entry>) -> bool {
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

    fn joined(first: &str, second: &str) -> Option<Vec<Entry>> {
        let mut all = entries(first);
        join(&mut all, entries(second)).then_some(all)
    }

    #[test]
    fn pieces_meet_where_both_say_the_same() {
        assert_eq!(joined("abcdefgh", "efghijkl"), Some(entries("abcdefghijkl")));
        assert_eq!(joined("abcdefgh", "xdefgh"), Some(entries("abcdefgh")));
    }

    #[test]
    fn behind_the_meeting_the_newer_piece_is_right() {
        assert_eq!(joined("abcdefgh", "cdefhijk"), Some(entries("abcdefhijk")));
    }

    #[test]
    fn pieces_that_have_nothing_in_common_do_not_meet() {
        assert_eq!(joined("abcdefgh", "ijklmnop"), None);
        assert_eq!(joined("abcdefgh", "fghijklm"), None, "three lines may be chance");
        assert_eq!(joined("abcdefgh", ""), None);
    }

    #[test]
    fn pieces_do_not_meet_among_nameless_locks_or_waiters() {
        assert_eq!(joined("abcdooooo", "ooooooooef"), None);
        assert_eq!(joined("abcdwwww", "abcdwwwwef"), Some(entries("abcdwwwwef")));
        let mut waiters = entries("abcdwwwwww");
        let piece = waiters[4..].to_vec();
        assert!(!join(&mut waiters, piece));
    }
}
