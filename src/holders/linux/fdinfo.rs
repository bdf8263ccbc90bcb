//! Which processes hold a lock through which descriptor: the `lock:` lines in /proc/PID/fdinfo/FD.
//!
//! /proc/locks names the process that once requested the lock. That process may be dead while a
//! child still has the descriptor, and an OFD lock names no process. Reading the descriptors of one
//! process is cheap. Those of all processes are read once at most, and only if there is no other
//! way.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::thread;

use super::parse::{self, Entry};
use super::proc::{numbers_in, own_pid, read, read_piece};
use crate::holders::LockId;
use crate::mode::Mode as LockMode;
use crate::sys;
use crate::sys::proc_directory::ProcDirectory;

/// A lock seen through a descriptor: the descriptor refers to the open file that holds the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FdLock {
    /// The process that has the descriptor.
    pub pid: u32,
    /// The descriptor's number in that process.
    pub descriptor: u32,
    /// The lock as this descriptor's fdinfo shows it.
    pub entry: Entry,
}

impl FdLock {
    /// Whether both are one lock, held through one open file description. If kcmp(2) may not
    /// compare the two descriptors, equal lines count as one lock.
    pub fn shares_lock_with(&self, other: &Self) -> bool {
        self.entry == other.entry
            && (!pids_are_ours()
                || sys::same_description((self.pid, self.descriptor), (other.pid, other.descriptor))
                    != Some(false))
    }

    /// Whether it is held through the open file description of this descriptor of ours. The fdinfo
    /// of a descriptor shows the locks of its own description only.
    pub fn is_held_through(&self, own_pid: u32, descriptor: u32) -> bool {
        let ours = (own_pid, descriptor);
        let same = sys::same_description((self.pid, self.descriptor), ours).filter(|_| pids_are_ours());
        same.unwrap_or_else(|| {
            let mut buffer = Vec::new();
            let info = read(&format!("/proc/{own_pid}/fdinfo/{descriptor}"), &mut buffer);
            parse::fdinfo_locks(info.unwrap_or_default()).any(|entry| entry == self.entry)
        })
    }

    /// The path by which the process opened the file, as the process sees it.
    pub fn path(&self) -> Option<PathBuf> {
        std::fs::read_link(format!("/proc/{}/fd/{}", self.pid, self.descriptor)).ok()
    }
}

/// What the descriptors of one process show about a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// The process holds it through this descriptor.
    Found(FdLock),
    /// The process does not hold it, or has ended.
    NotFound,
    /// The process lives, but we may not read its descriptors.
    Hidden,
}

/// Reads the locks of processes from their descriptors. Once all processes are read, it answers
/// from memory.
#[derive(Debug, Default)]
pub struct FdLocks {
    /// If set, only files with this inode number are asked for.
    inode: Option<u64>,
    buffer: Vec<u8>,
    scanned: Option<Scan>,
}

/// The locks of many processes, by the file's name in the table.
#[derive(Debug, Default)]
struct Scan {
    by_file: HashMap<LockId, Vec<FdLock>>,
    /// The processes whose descriptors we may not read.
    hidden: Vec<u32>,
}

const MOST_THREADS: usize = 4;
/// A thread is worth its start for this many processes.
const FEWEST_PROCESSES: usize = 256;

impl Scan {
    fn of(pids: &[u32], inode: Option<u64>) -> Self {
        let mut scan = Self::default();
        let mut buffer = Vec::new();
        for &pid in pids {
            let searched = each_lock_on(inode, pid, &mut buffer, |lock| {
                scan.by_file.entry(lock.entry.file).or_default().push(lock);
                true
            });
            if searched.is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied) {
                scan.hidden.push(pid);
            }
        }
        scan
    }

    fn and(mut self, other: Self) -> Self {
        for (file, locks) in other.by_file {
            self.by_file.entry(file).or_default().extend(locks);
        }
        self.hidden.extend(other.hidden);
        self
    }
}

impl FdLocks {
    /// For the locks on one file, which has this inode number for stat(2): descriptors of others
    /// are passed over, which takes a third of the time.
    pub fn of_inode(inode: u64) -> Self {
        Self { inode: Some(inode), ..Self::default() }
    }

    /// The same, with nothing read yet.
    pub fn afresh(&self) -> Self {
        Self { inode: self.inode, ..Self::default() }
    }

    /// The lock on `file` for which `is_it` returns true that the process `pid` holds; an exclusive
    /// one if there are several.
    pub fn of_process(&mut self, pid: u32, file: LockId, is_it: impl Fn(&Entry) -> bool) -> Lookup {
        let is_it = |lock: &FdLock| {
            lock.entry.file == file.in_table()
                && is_it(&lock.entry)
                && file.is_open_as(lock.pid, lock.descriptor)
        };
        let Some(scan) = &self.scanned else { return self.read_process(pid, is_it) };
        let locks = scan.by_file.get(&file.in_table()).into_iter().flatten();
        let found = locks.filter(|lock| lock.pid == pid && is_it(lock));
        match found.max_by_key(|lock| lock.entry.mode == LockMode::Exclusive) {
            Some(lock) => Lookup::Found(*lock),
            None if scan.hidden.contains(&pid) => Lookup::Hidden,
            None => Lookup::NotFound,
        }
    }

    fn read_process(&mut self, pid: u32, is_it: impl Fn(&FdLock) -> bool) -> Lookup {
        let mut found: Option<FdLock> = None;
        let searched = each_lock_on(self.inode, pid, &mut self.buffer, |lock| {
            let is_weaker = |found: FdLock| found.entry.mode == LockMode::Shared;
            if found.is_none_or(is_weaker) && is_it(&lock) {
                found = Some(lock);
            }
            found.is_none_or(is_weaker)
        });
        match (found, searched) {
            (Some(lock), _) => Lookup::Found(lock),
            (None, Err(error)) if error.kind() == io::ErrorKind::PermissionDenied => Lookup::Hidden,
            _ => Lookup::NotFound,
        }
    }

    /// All visible locks on files that have this name in the table, through every descriptor of
    /// every process. On btrfs these can be several files: see [`LockId`].
    pub fn on_file(&mut self, file: LockId) -> &[FdLock] {
        self.scan().by_file.get(&file.in_table()).map_or(&[], Vec::as_slice)
    }

    /// Reads the descriptors of all processes, if that has not been done yet.
    fn scan(&mut self) -> &Scan {
        let inode = self.inode;
        self.scanned.get_or_insert_with(|| {
            let pids: Vec<u32> = numbers_in("/proc").into_iter().flatten().collect();
            let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
            thread::scope(|scope| {
                let shares = pids.chunks(pids.len().div_ceil(threads).max(FEWEST_PROCESSES));
                let start = |share| {
                    thread::Builder::new()
                        .spawn_scoped(scope, move || Scan::of(share, inode))
                        .map_err(|_| share)
                };
                let started: Vec<_> = shares.map(start).collect();
                let scans = started.into_iter().map(|started| match started {
                    Ok(thread) => thread.join().expect("a search does not panic"),
                    Err(share) => Scan::of(share, inode),
                });
                scans.reduce(Scan::and).unwrap_or_default()
            })
        })
    }

    /// Reads the descriptors of all processes at once: that costs more for one lock and less for
    /// all.
    pub fn scanned() -> Self {
        let mut locks = Self::default();
        locks.scan();
        locks
    }
}

/// Calls `go_on` with each lock that the process holds through a descriptor, until `go_on` returns
/// false. A file that is locked through several descriptors comes several times.
///
/// # Errors
/// Those of opening /proc/PID/fdinfo. A descriptor that is closed meanwhile is skipped.
pub fn each_lock(pid: u32, buffer: &mut Vec<u8>, go_on: impl FnMut(FdLock) -> bool) -> io::Result<()> {
    each_lock_on(None, pid, buffer, go_on)
}

/// The same, of the files with this inode number only. A stat is one system call, and reading an
/// fdinfo three.
// Each name is looked up from the open directory. For a whole path the kernel would check our
// permission again at each descriptor.
fn each_lock_on(
    inode: Option<u64>,
    pid: u32,
    buffer: &mut Vec<u8>,
    mut go_on: impl FnMut(FdLock) -> bool,
) -> io::Result<()> {
    let open = |name| ProcDirectory::open(&format!("/proc/{pid}/{name}"));
    let directory = open(if inode.is_some() { "fd" } else { "fdinfo" })?;
    let mut descriptors = directory.numbers()?;
    let directory = match inode {
        None => directory,
        Some(inode) => {
            descriptors.retain(|&descriptor| directory.may_refer_to(descriptor, inode));
            if descriptors.is_empty() {
                return Ok(());
            }
            open("fdinfo")?
        }
    };
    for descriptor in descriptors {
        let name = descriptor.to_string();
        let Ok(info) = read_piece(directory.file(), &name, buffer) else { continue };
        for entry in parse::fdinfo_locks(info) {
            if !go_on(FdLock { pid, descriptor, entry }) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Whether the pids of this /proc are those that kcmp(2) understands. They differ where /proc
/// belongs to another pid namespace than we do.
fn pids_are_ours() -> bool {
    own_pid().is_ok_and(|pid| pid == std::process::id())
}
