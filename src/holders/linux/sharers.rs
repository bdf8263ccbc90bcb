//! Other processes that have the same open file as one of our descriptors.
//!
//! A lock belongs to the open file. A process that has inherited the descriptor holds the lock with
//! us, and can release or convert it. kcmp(2) tells apart the open files of one lock file.

use std::cell::LazyCell;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use super::fdinfo::{FdLock, each_lock};
use super::parse::{self, Kind};
use super::proc::{numbers_in, own_pid, read};
use super::process::Processes;
use super::snapshot;
use crate::holders::LockId;
use crate::layout::Bytes;

/// Those of these bytes of the gate file that are locked by other processes with the same open file
/// as `lock`. A locked byte counts if the process cannot be seen; none counts if /proc cannot be
/// read.
pub fn users(gates: &File, lock: &File, bytes: Bytes) -> Vec<i64> {
    let (Ok(gates), Ok(own)) = (LockId::of_descriptor(gates), own_pid()) else { return Vec::new() };
    let entries = snapshot::of_file(gates).unwrap_or_default();
    let users = entries.iter().filter(|entry| {
        let there = entry.start >= bytes.first && entry.end < bytes.first + bytes.count;
        !entry.blocked && entry.kind == Kind::Posix && there && entry.pid != Some(own)
    });
    let ours = LazyCell::new(|| lock_of(own, lock));
    let shares = |pid: &u32| has_the_open_file_of(*pid, ours.as_ref());
    users.filter(|entry| entry.pid.as_ref().is_none_or(shares)).map(|entry| entry.start).collect()
}

/// The other processes that hold the lock of this descriptor too, in the order of their pids. Those
/// whose descriptors we may not read are missing.
pub fn sharers(file: BorrowedFd<'_>) -> Vec<u32> {
    let Some((own, ours)) = own_pid().ok().and_then(|own| Some((own, lock_of(own, &file)?))) else {
        return Vec::new();
    };
    let mut pids: Vec<u32> = numbers_in("/proc").into_iter().flatten().filter(|&pid| pid != own).collect();
    pids.sort_unstable();
    pids.retain(|&pid| is_seen_to_share(pid, &ours).unwrap_or(false));
    pids
}

/// The lock that our descriptor holds; `None` if none can be seen.
fn lock_of(own: u32, file: &impl AsFd) -> Option<FdLock> {
    let id = LockId::of_descriptor(file).ok()?.in_table();
    let descriptor = u32::try_from(file.as_fd().as_raw_fd()).ok()?;
    let mut buffer = Vec::new();
    let info = read(&format!("/proc/{own}/fdinfo/{descriptor}"), &mut buffer).ok()?;
    let is_it = |entry: &parse::Entry| entry.file == id && entry.kind != Kind::Posix;
    let entry = parse::fdinfo_locks(info).find(is_it)?;
    Some(FdLock { pid: own, descriptor, entry })
}

/// Whether the process has the open file through which we hold `ours`; yes if that cannot be seen.
fn has_the_open_file_of(pid: u32, ours: Option<&FdLock>) -> bool {
    ours.is_none_or(|ours| is_seen_to_share(pid, ours).unwrap_or(true))
}

fn is_seen_to_share(pid: u32, ours: &FdLock) -> io::Result<bool> {
    let mut shares = false;
    let readable = each_lock(pid, &mut Vec::new(), |theirs| {
        shares = theirs.shares_lock_with(ours);
        !shares
    });
    if shares { Ok(true) } else { readable.map(|()| false) }
}

/// The processes above this one that share the open file of one of our descriptors, each with its
/// start in clock ticks, as a pid may be used again.
#[derive(Debug)]
pub struct AncestorLookup(Vec<(u32, Option<u64>)>);

impl AncestorLookup {
    /// Looks for the processes that share this open file.
    pub fn of(file: &File) -> Self {
        let Ok(own) = own_pid() else { return Self(Vec::new()) };
        let mut processes = Processes::default();
        let lineage = processes.lineage(own);
        let ours = lock_of(own, file);
        let have_it = lineage.into_iter().skip(1).filter(|&pid| has_the_open_file_of(pid, ours.as_ref()));
        Self(have_it.map(|pid| (pid, processes.start(pid))).collect())
    }

    /// Whether all of them have ended. A process that could never be seen counts as alive.
    pub fn are_gone(&self) -> bool {
        let mut processes = Processes::default();
        self.0.iter().all(|&(pid, start)| processes.start(pid) != start)
    }
}
