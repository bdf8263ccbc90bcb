//! What `holders` answers: plain values, free of /proc.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::time::SystemTime;

use crate::mode::{Family, Mode};

/// Whether a lock is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Nobody holds it.
    Free,
    /// One reader or several hold it.
    Shared,
    /// One writer holds it.
    Exclusive,
    /// No holder can be seen, but there may be one where we cannot look: in another pid namespace,
    /// in the server of a file system (FUSE, NFS, SMB and all that is not known to be local), or on
    /// a system without /proc.
    Unknown,
}

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The process that stands for the holder; `None` when it cannot be seen.
    pub pid: Option<u32>,
    /// Its effective user: the name in /etc/passwd, or the number if it has none there.
    pub user: Option<String>,
    /// What is done under the lock: the wrapped command of fasten and flock(1), else the process' own
    /// command line. The words are joined and quoted for people to read; their bytes are kept.
    pub command: Option<OsString>,
    /// How it is held.
    pub mode: Mode,
    /// With which of the kernel's locks.
    pub family: Family,
    /// When it was taken, at the earliest: the start of a wrapper's command, else that of the process.
    pub since: Option<SystemTime>,
    /// The processes known to keep it. All of them where they had to be searched for; only `pid` where
    /// the process that took the lock has it still; empty when none can be seen.
    pub processes: Vec<u32>,
}

/// Who waits for a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiter {
    /// The process that waits; `None` when it cannot be seen.
    pub pid: Option<u32>,
    /// Its effective user: the name in /etc/passwd, or the number if it has none there.
    pub user: Option<String>,
    /// What will be done under the lock; see [`Holder::command`].
    pub command: Option<OsString>,
    /// How it is wanted.
    pub mode: Mode,
    /// With which of the kernel's locks.
    pub family: Family,
    /// The start of the waiting process: it waits no longer than that.
    pub since: Option<SystemTime>,
}

/// One lock file: its state, its holders, and its waiters in the order of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The path as it was asked for; from [`all`](super::all), the path by which a holder opened it,
    /// or `None` when no holder can be seen.
    pub path: Option<PathBuf>,
    /// The file; `None` when there is none.
    pub file: Option<super::LockId>,
    /// Whether it is held.
    pub state: State,
    /// Who holds it, in the kernel's order.
    pub holders: Vec<Holder>,
    /// Who waits, the next in turn first.
    pub waiters: Vec<Waiter>,
}

/// A command as messages show it: a long one would hide what comes after it.
pub fn in_brief(command: &OsStr) -> String {
    const LONGEST: usize = 200;
    let command = command.to_string_lossy();
    match command.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &command[..end]),
        None => command.into_owned(),
    }
}
