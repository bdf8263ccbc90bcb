//! Systems without Linux's /proc: nothing can be seen, so every answer is "unknown" or "none seen".

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

use super::file_system::Mount;
use super::report::{Report, State, Waiter};
use super::{Ancestor, LockId, OwnLock, Step};
use crate::mode::{Family, Mode};

/// Reports [`State::Unknown`] for every path.
///
/// # Errors
/// None.
pub fn of(path: impl AsRef<Path>) -> io::Result<Report> {
    let path = path.as_ref();
    let path = Some(path.to_owned());
    Ok(Report { path, file: None, state: State::Unknown, slots: None, holders: vec![], waiters: vec![] })
}

/// Fails: an empty list would mean that there are no locks.
///
/// # Errors
/// Always [`Unsupported`](io::ErrorKind::Unsupported).
pub fn all() -> io::Result<Vec<Report>> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Sees no ancestor that holds a lock.
///
/// # Errors
/// None.
pub fn ancestor_holding(_file: LockId, _family: Family, _from: u32) -> io::Result<Option<Ancestor>> {
    Ok(None)
}

/// Sees no ancestor that holds a lock.
pub(crate) fn holding_above(_file: LockId, _family: Family, _own: u32, _or_itself: bool) -> Option<Ancestor> {
    None
}

/// Sees no ancestor that holds a lock.
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it reads /proc")]
pub(crate) fn glimpse_above(
    _file: (LockId, &Path),
    _family: Family,
    _own: u32,
    _with_table: bool,
) -> io::Result<Option<Ancestor>> {
    Ok(None)
}

/// Sees no cycle.
///
/// # Errors
/// None.
pub fn wait_cycle(_file: LockId, _mode: Mode, _family: Family, _from: u32) -> io::Result<Option<Vec<Step>>> {
    Ok(None)
}

/// The pid of the calling process.
///
/// # Errors
/// None.
pub fn own_pid() -> io::Result<u32> {
    Ok(std::process::id())
}

/// Sees no slot; there are none without gates.
pub(crate) fn slots_through(_descriptor: std::os::fd::RawFd) -> Vec<u32> {
    Vec::new()
}

/// Sees no ancestor that holds slots.
pub(crate) fn slots_kept_above(_file: LockId, _count: u32, _take: u32, _from: u32) -> Option<Ancestor> {
    None
}

/// Sees no thread.
pub(crate) fn threads_on_system() -> u32 {
    0
}

/// Sees no process that shares an open file.
pub fn sharers(_file: BorrowedFd<'_>) -> Vec<u32> {
    Vec::new()
}

/// The process alone: its parents cannot be seen.
pub fn lineage(pid: u32) -> Vec<u32> {
    vec![pid]
}

/// A wait that certainly never ends. None can be seen.
#[allow(dead_code, reason = "the Linux side makes them")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cycle {
    HeldAbove(Ancestor),
    Steps(Vec<Step>),
}

/// Sees no cycle.
#[expect(clippy::unnecessary_wraps, reason = "the Linux side reads files")]
pub(crate) fn certain_cycle(
    _file: LockId,
    _mode: Mode,
    _family: Family,
    _from: u32,
    _own: Option<u32>,
) -> io::Result<Option<Cycle>> {
    Ok(None)
}

/// Whether the process holds no lock: yes, so that no cycle is looked for.
pub(crate) fn keeps_nothing(_pid: u32, _waiting: Option<u32>) -> bool {
    true
}

/// Whether the parent certainly waits for the process: no, so that no cycle is looked for.
pub(crate) fn is_awaited(_pid: u32) -> bool {
    false
}

/// Sees no other descriptor that holds the lock.
pub(crate) fn inherited(_file: &std::fs::File, _family: Family) -> Option<(i32, Mode)> {
    None
}

/// A lock of the flock family cannot be seen. Locks of the fcntl family are not taken on these
/// systems.
pub(crate) fn held_through(_file: &std::fs::File, family: Family) -> OwnLock {
    match family {
        Family::Flock => OwnLock::Unknown,
        Family::Fcntl => OwnLock::Free,
    }
}

/// Whether the only lock on the file is ours: that cannot be seen, so no.
pub(crate) fn holds_alone(_file: &std::fs::File, _family: Family) -> bool {
    false
}

/// Sees no holder.
pub(crate) fn holder_of_removed(_path: &Path, _family: Family, _wanted: Mode) -> Option<super::Removed> {
    None
}

/// Sees no locked bytes.
pub(crate) fn users(_gates: &std::fs::File, _lock: &std::fs::File, _bytes: crate::layout::Bytes) -> Vec<i64> {
    Vec::new()
}

/// The processes above this one, of which nothing is known.
#[derive(Debug)]
pub(crate) struct AncestorLookup;

impl AncestorLookup {
    /// Looks for none.
    pub(crate) fn of(_file: &std::fs::File) -> Self {
        Self
    }

    /// Whether all of them have ended: no, as they may live.
    #[expect(clippy::unused_self, reason = "the Linux side has a list")]
    pub(crate) fn are_gone(&self) -> bool {
        false
    }
}

/// The first of the processes: their starts cannot be seen.
pub(crate) fn youngest(pids: impl IntoIterator<Item = u32>) -> Option<u32> {
    pids.into_iter().next()
}

/// The process that waits, of which only the pid is known.
pub(crate) fn waiter(pid: u32, mode: Mode, family: Family) -> Waiter {
    Waiter { pid: Some(pid), user: None, command: None, mode, family, for_slots: false, since: None }
}

/// The user's number: the name cannot be looked up.
pub fn user_name(uid: u32) -> String {
    uid.to_string()
}

/// The mount cannot be seen.
pub(crate) fn mount_of(_file: impl AsFd) -> Option<Mount> {
    None
}

/// Reports the same as [`holders`].
///
/// # Errors
/// None.
pub fn search(path: &Path) -> io::Result<Report> {
    of(path)
}

impl LockId {
    /// Fails: these systems show no lock table that could name the file.
    pub(crate) fn of_path(_path: &Path) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Fails: these systems show no lock table that could name the file.
    pub(crate) fn of_descriptor(_descriptor: &impl AsFd) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
