//! Which processes really keep a lock: those with a `lock:` line in the fdinfo of a descriptor.
//!
//! /proc/locks names the process that once asked for the lock. That one may be dead while a child has
//! the descriptor still, and OFD locks name nobody. Asking one process is cheap; asking all of them is
//! put off until there is no other way, and is done once.

use std::collections::HashMap;
use std::ffi::CStr;
use std::fmt::Write;
use std::io;
use std::path::PathBuf;
use std::thread;

use nix::dir::Dir;
use nix::fcntl::OFlag;
use nix::sys::stat::Mode;

use super::parse::{self, Entry};
use super::proc::{numbers_in, own_pid, read_piece};
use crate::holders::LockId;
use crate::mode::Mode as LockMode;
use crate::sys;

/// A process with a descriptor that holds a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeper {
    /// The process.
    pub pid: u32,
    /// Its descriptor.
    pub descriptor: u32,
    /// The lock as this descriptor's fdinfo tells it.
    pub entry: Entry,
}

impl Keeper {
    /// Whether both hold one lock through one open file description.
    pub fn shares_lock_with(&self, other: &Self) -> bool {
        self.entry == other.entry
            && (!pids_are_ours()
                || sys::same_description((self.pid, self.descriptor), (other.pid, other.descriptor))
                    != Some(false))
    }

    /// The path by which the process opened the file, as the process sees it.
    pub fn path(&self) -> Option<PathBuf> {
        std::fs::read_link(format!("/proc/{}/fd/{}", self.pid, self.descriptor)).ok()
    }
}

/// What one process says when asked for a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It has it, through this descriptor.
    Keeps(Keeper),
    /// It does not have it, or is gone.
    Denies,
    /// It lives, but we may not look at its descriptors.
    Hidden,
}

/// Asks processes for their locks.
#[derive(Debug, Default)]
pub struct Keepers {
    buffer: Vec<u8>,
    scanned: Option<Scan>,
}

#[derive(Debug, Default)]
struct Scan {
    by_file: HashMap<LockId, Vec<Keeper>>,
    hidden: Vec<u32>,
}

const MOST_THREADS: usize = 4;
const FEWEST_PROCESSES: usize = 256;

impl Scan {
    fn of(pids: &[u32]) -> Self {
        let mut scan = Self::default();
        let mut buffer = Vec::new();
        for &pid in pids {
            let searched = each_lock(pid, &mut buffer, |keeper| {
                scan.by_file.entry(keeper.entry.file).or_default().push(keeper);
                true
            });
            if searched.is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied) {
                scan.hidden.push(pid);
            }
        }
        scan
    }

    fn and(mut self, other: Self) -> Self {
        for (file, keepers) in other.by_file {
            self.by_file.entry(file).or_default().extend(keepers);
        }
        self.hidden.extend(other.hidden);
        self
    }
}

impl Keepers {
    /// Asks `pid` for a lock of this file for which `is_it` holds; an exclusive one, if there are
    /// several.
    pub fn ask(&mut self, pid: u32, file: LockId, is_it: impl Fn(&Entry) -> bool) -> Answer {
        let is_it = |keeper: &Keeper| {
            keeper.entry.file == file.in_table()
                && is_it(&keeper.entry)
                && file.is_open_as(keeper.pid, keeper.descriptor)
        };
        let Some(scan) = &self.scanned else { return self.ask_process(pid, is_it) };
        let keepers = scan.by_file.get(&file.in_table()).into_iter().flatten();
        let found = keepers.filter(|keeper| keeper.pid == pid && is_it(keeper));
        match found.max_by_key(|keeper| keeper.entry.mode == LockMode::Exclusive) {
            Some(keeper) => Answer::Keeps(*keeper),
            None if scan.hidden.contains(&pid) => Answer::Hidden,
            None => Answer::Denies,
        }
    }

    fn ask_process(&mut self, pid: u32, is_it: impl Fn(&Keeper) -> bool) -> Answer {
        let mut found: Option<Keeper> = None;
        let searched = each_lock(pid, &mut self.buffer, |keeper| {
            let is_weaker = |found: Keeper| found.entry.mode == LockMode::Shared;
            if found.is_none_or(is_weaker) && is_it(&keeper) {
                found = Some(keeper);
            }
            found.is_none_or(is_weaker)
        });
        match (found, searched) {
            (Some(keeper), _) => Answer::Keeps(keeper),
            (None, Err(error)) if error.kind() == io::ErrorKind::PermissionDenied => Answer::Hidden,
            _ => Answer::Denies,
        }
    }

    /// All keepers that can be seen of locks of files with this name in the table.
    pub fn of_file(&mut self, file: LockId) -> &[Keeper] {
        self.scan().by_file.get(&file.in_table()).map_or(&[], Vec::as_slice)
    }

    /// Asks every process, if that has not been done yet.
    fn scan(&mut self) -> &Scan {
        self.scanned.get_or_insert_with(|| {
            let pids: Vec<u32> = numbers_in("/proc").into_iter().flatten().collect();
            let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
            thread::scope(|scope| {
                let shares = pids.chunks(pids.len().div_ceil(threads).max(FEWEST_PROCESSES));
                let start = |share| {
                    thread::Builder::new().spawn_scoped(scope, move || Scan::of(share)).map_err(|_| share)
                };
                let started: Vec<_> = shares.map(start).collect();
                let scans = started.into_iter().map(|started| match started {
                    Ok(thread) => thread.join().expect("a search does not panic"),
                    Err(share) => Scan::of(share),
                });
                scans.reduce(Scan::and).unwrap_or_default()
            })
        })
    }

    /// Has every process asked at once: dearer for one lock, cheaper for all.
    pub fn scanned() -> Self {
        let mut keepers = Self::default();
        keepers.scan();
        keepers
    }
}

/// Shows each lock that the process keeps, until `go_on` says no.
///
/// # Errors
/// Those of reading its fdinfo.
// Names are looked up from the directory: a whole path would have the kernel check our permission anew for each descriptor.
pub fn each_lock(pid: u32, buffer: &mut Vec<u8>, mut go_on: impl FnMut(Keeper) -> bool) -> io::Result<()> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let mut directory = Dir::open(format!("/proc/{pid}/fdinfo").as_str(), flags, Mode::empty())?;
    let number = |name: &CStr| name.to_str().ok()?.parse().ok();
    let entries = directory.iter().map_while(Result::ok);
    let descriptors: Vec<u32> = entries.filter_map(|entry| number(entry.file_name())).collect();
    let mut name = String::new();
    for descriptor in descriptors {
        name.clear();
        let _ = write!(name, "{descriptor}");
        let Ok(info) = read_piece(&directory, &name, buffer) else { continue };
        for entry in parse::fdinfo_locks(info) {
            if !go_on(Keeper { pid, descriptor, entry }) {
                return Ok(());
            }
        }
    }
    Ok(())
}

// kcmp(2) counts pids as getpid(2) does, which need not be this /proc's way.
fn pids_are_ours() -> bool {
    own_pid().is_ok_and(|pid| pid == std::process::id())
}
