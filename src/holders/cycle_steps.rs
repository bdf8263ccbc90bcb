//! What `ancestor_holding` and `circle` answer: plain values, free of /proc.

use std::ffi::OsString;
use std::path::PathBuf;

use super::LockId;
use crate::mode::Mode;

/// A process above the asking one, or that one itself, which holds the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ancestor {
    /// The process.
    pub pid: u32,
    /// Its effective user, by name, or by number if it has none.
    pub user: Option<String>,
    /// What is done under the lock; see [`Holder::command`](super::Holder::command).
    pub command: Option<OsString>,
    /// How it holds the lock.
    pub mode: Mode,
}

/// A lock in a circle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The file.
    pub file: LockId,
    /// The path by which its holder in the circle opened it, where that can be seen.
    pub path: Option<PathBuf>,
    /// How it is held, or wanted.
    pub mode: Mode,
}

/// One process of a circle. It wants what the next one holds; the last wants what the first holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The process that holds.
    pub pid: u32,
    /// Its effective user, by name, or by number if it has none.
    pub user: Option<String>,
    /// What is done under the lock it holds; see [`Holder::command`](super::Holder::command).
    pub command: Option<OsString>,
    /// What it holds.
    pub holds: Link,
    /// The process that waits: the holder or a descendant.
    pub waiter: u32,
    /// What that one waits for.
    pub wants: Link,
}
