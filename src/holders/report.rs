//! What the questions of this module answer: plain values, which need no /proc.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::SystemTime;

use super::LockId;
use crate::mode::{Family, Mode};

/// Whether a lock is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// No process holds it.
    Free,
    /// One or several readers hold it.
    Shared,
    /// One writer holds it.
    Exclusive,
    /// No holder can be seen, but there may be one: in another pid namespace, in the server of a
    /// file system (FUSE, NFS, SMB and every one that is not known to be local), or on a system
    /// without /proc.
    Unknown,
}

/// The slots of a lock, as its holders see them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SlotCount {
    /// How many slots there are. If the holders disagree, the largest number.
    pub count: u32,
    /// How many of them are taken, or collected by the next process in turn.
    pub taken: u32,
}

/// A holder of a lock: one process, or several that share the open file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holder {
    /// The process that stands for the holder; `None` if no process can be seen.
    pub pid: Option<u32>,
    /// The process's effective user: the name in /etc/passwd, or the number if it has no name
    /// there.
    pub user: Option<String>,
    /// What runs under the lock: the command that fasten or flock(1) runs, otherwise the process's
    /// own command line. The words are joined and quoted to be read; their bytes are unchanged.
    pub command: Option<OsString>,
    /// The mode in which the lock is held.
    pub mode: Mode,
    /// Which of the kernel's two families the lock is in.
    pub family: Family,
    /// The bytes that an fcntl lock covers, in their order; empty if it covers the whole file.
    pub ranges: Vec<RangeInclusive<u64>>,
    /// The slots that it holds, in ascending order; empty for other locks, and if the process's
    /// descriptors may not be read.
    pub slots: Vec<u32>,
    /// The earliest time at which the lock can have been taken: the start of the command that
    /// fasten or flock(1) runs, otherwise the start of the process.
    pub since: Option<SystemTime>,
    /// The processes known to hold the lock. Only `pid` if the process that took the lock still has
    /// it; otherwise every process that can be seen to share it; empty if none can be seen.
    pub processes: Vec<u32>,
}

/// A process that waits for a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Waiter {
    /// The process; `None` if it cannot be seen.
    pub pid: Option<u32>,
    /// The process's effective user: the name in /etc/passwd, or the number if it has no name
    /// there.
    pub user: Option<String>,
    /// What will run under the lock; see [`Holder::command`].
    pub command: Option<OsString>,
    /// The mode that the process requests.
    pub mode: Mode,
    /// Which of the kernel's two families it requests a lock of.
    pub family: Family,
    /// Whether it waits for slots.
    pub for_slots: bool,
    /// The start of the process, which has waited for at most that long.
    pub since: Option<SystemTime>,
}

/// One lock file: its state, its holders, and its waiters in the order in which they will get the
/// lock.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The path that was asked about. In a report from [`all`](super::all), the path by which a
    /// holder opened the file, or `None` if no holder can be seen.
    pub path: Option<PathBuf>,
    /// The file; `None` if it does not exist.
    pub file: Option<LockId>,
    /// Whether the lock is held.
    pub state: State,
    /// How many slots it has and how many are taken; `None` if no slot is held.
    pub slots: Option<SlotCount>,
    /// The holders, in the order of their slots; those without in the kernel's order.
    pub holders: Vec<Holder>,
    /// The waiters, the next in turn first.
    pub waiters: Vec<Waiter>,
}

/// A process above the asking one, or the asking one itself, that holds the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ancestor {
    /// The process.
    pub pid: u32,
    /// The process's effective user: the name in /etc/passwd, or the number if it has no name
    /// there.
    pub user: Option<String>,
    /// What runs under the lock; see [`Holder::command`].
    pub command: Option<OsString>,
    /// The mode in which the process holds the lock.
    pub mode: Mode,
}

/// A lock in a cycle of waits.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Link {
    /// The lock file.
    pub file: LockId,
    /// The path by which its holder in the cycle opened it; `None` if that cannot be seen.
    pub path: Option<PathBuf>,
    /// The mode in which it is held or requested.
    pub mode: Mode,
}

/// One step of a cycle of waits. Each step wants what the next one holds; the last step wants what
/// the first one holds.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// The process that holds [`holds`](Step::holds).
    pub pid: u32,
    /// The process's effective user: the name in /etc/passwd, or the number if it has no name
    /// there.
    pub user: Option<String>,
    /// What runs under the lock that the process holds; see [`Holder::command`].
    pub command: Option<OsString>,
    /// The lock that the process holds.
    pub holds: Link,
    /// The process that waits for [`wants`](Step::wants): `pid` itself or a descendant.
    pub waiter: u32,
    /// The lock that the waiter requests.
    pub wants: Link,
}

impl fmt::Display for Holder {
    /// `make -j8 (pid 4242, ann)`, as far as it can be seen; a long command is cut.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_name(out, self.command.as_deref(), self.pid, self.user.as_deref())
    }
}

impl fmt::Display for Waiter {
    /// As a [`Holder`]: `make -j8 (pid 4242, ann)`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_name(out, self.command.as_deref(), self.pid, self.user.as_deref())
    }
}

fn write_name(
    out: &mut fmt::Formatter<'_>,
    command: Option<&OsStr>,
    pid: Option<u32>,
    user: Option<&str>,
) -> fmt::Result {
    out.write_str(command.map(in_brief).as_deref().unwrap_or("a process"))?;
    match (pid, user) {
        (Some(pid), Some(user)) => write!(out, " (pid {pid}, {user})"),
        (Some(pid), None) => write!(out, " (pid {pid})"),
        (None, Some(user)) => write!(out, " ({user})"),
        (None, None) => Ok(()),
    }
}

/// A command as messages show it: shortened, as a long one would hide what comes after it.
pub(crate) fn in_brief(command: &OsStr) -> String {
    const LONGEST: usize = 200;
    let command = command.to_string_lossy();
    match command.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &command[..end]),
        None => command.into_owned(),
    }
}
