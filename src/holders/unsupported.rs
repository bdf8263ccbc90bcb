//! Systems without Linux's /proc: nothing can be seen, so nothing is claimed.

use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use super::file_system::Mount;
use super::report::{Report, State};
use super::{Ancestor, LockId, OwnLock, Step};
use crate::mode::{Family, Mode};

/// Says [`State::Unknown`] of every path.
///
/// # Errors
/// None.
pub fn holders(path: &Path) -> io::Result<Report> {
    let path = Some(path.to_owned());
    Ok(Report { path, file: None, state: State::Unknown, holders: vec![], waiters: vec![] })
}

/// Sees no locks, which does not mean that there are none.
///
/// # Errors
/// Always.
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

/// Sees none either.
#[expect(clippy::unnecessary_wraps, reason = "the Linux side reads files")]
pub(crate) fn first_holding(
    _file: LockId,
    _family: Family,
    _pids: impl IntoIterator<Item = u32>,
) -> io::Result<Option<Ancestor>> {
    Ok(None)
}

/// Sees no circle.
///
/// # Errors
/// None.
pub fn wait_cycle(_file: LockId, _mode: Mode, _family: Family, _from: u32) -> io::Result<Option<Vec<Step>>> {
    Ok(None)
}

/// The calling process.
///
/// # Errors
/// None.
pub fn own_pid() -> io::Result<u32> {
    Ok(std::process::id())
}

/// The process alone.
pub(crate) fn lineage(pid: u32) -> Vec<u32> {
    vec![pid]
}

/// A wait that certainly never ends: none can be seen.
#[allow(dead_code, reason = "the Linux side makes them")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cycle {
    HeldAbove(Ancestor),
    Steps(Vec<Step>),
}

/// Sees none.
#[expect(clippy::unnecessary_wraps, reason = "the Linux side reads files")]
pub(crate) fn certain_cycle(
    _file: LockId,
    _mode: Mode,
    _family: Family,
    _from: u32,
) -> io::Result<Option<Cycle>> {
    Ok(None)
}

/// Does not know.
pub(crate) fn keeps_nothing(_pid: u32) -> bool {
    true
}

/// Does not know.
pub(crate) fn is_awaited(_pid: u32) -> bool {
    false
}

/// Sees none.
pub(crate) fn inherited(_file: &std::fs::File, _family: Family) -> Option<(i32, Mode)> {
    None
}

/// Does not know of a flock. Locks of the fcntl family are not taken here.
pub(crate) fn held_through(_file: &std::fs::File, family: Family) -> OwnLock {
    match family {
        Family::Flock => OwnLock::Unknown,
        Family::Fcntl => OwnLock::Free,
    }
}

/// Does not know.
pub(crate) fn holds_alone(_file: &std::fs::File, _family: Family) -> bool {
    false
}

/// Sees none.
pub(crate) fn holder_of_removed(_path: &Path, _family: Family, _wanted: Mode) -> Option<super::Removed> {
    None
}

/// Sees none.
pub(crate) fn users(_gates: &std::fs::File, _lock: &std::fs::File, _bytes: crate::layout::Bytes) -> Vec<i64> {
    Vec::new()
}

/// Those above, of whom nothing is known.
#[derive(Debug)]
pub(crate) struct AncestorLookup;

impl AncestorLookup {
    /// They are not looked for.
    pub(crate) fn of(_file: &std::fs::File) -> Self {
        Self
    }

    /// They may live.
    #[expect(clippy::unused_self, reason = "the Linux side has a list")]
    pub(crate) fn are_gone(&self) -> bool {
        false
    }
}

/// The first of them.
pub(crate) fn youngest(pids: impl IntoIterator<Item = u32>) -> Option<u32> {
    pids.into_iter().next()
}

/// Its number.
pub fn user_name(uid: u32) -> String {
    uid.to_string()
}

/// It cannot be seen.
pub(crate) fn mount_of(_file: impl AsFd) -> Option<Mount> {
    None
}

/// The same answer.
///
/// # Errors
/// None.
pub fn search(path: &Path) -> io::Result<Report> {
    holders(path)
}

impl LockId {
    /// Nothing is known by which the kernel's table could name it.
    pub(crate) fn of_path(_path: &Path) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Nothing is known by which the kernel's table could name it.
    pub(crate) fn of_descriptor(_descriptor: &impl AsFd) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
