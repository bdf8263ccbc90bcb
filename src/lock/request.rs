//! Which locks are wanted, and how.

use std::os::fd::RawFd;
use std::path::PathBuf;

use super::mode::{Family, Mode};
use super::nested::Nested;
use super::patience::Wait;
use crate::thread::Preference;

/// What is to be locked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The files at these paths: all or none, each inode once.
    Paths(Vec<PathBuf>),
    /// The open file description behind this descriptor. What it holds already
    /// is converted, without being lost: from exclusive to shared, or from
    /// shared to exclusive when no other shared holder is converting.
    Descriptor(RawFd),
}

/// Which locks are wanted, and how.
#[derive(Debug, Clone)]
pub struct Request {
    /// What is to be locked.
    pub target: Target,
    /// Shared or exclusive, the same for all.
    pub mode: Mode,
    /// How an exclusive holder stands to shared ones.
    pub preference: Preference,
    /// With which of the kernel's locks.
    pub family: Family,
    /// Whether a lock file that is missing is created.
    pub create: bool,
    /// How long the whole call may wait.
    pub wait: Wait,
    /// What to do when a wait would never end.
    pub nested: Nested,
}

impl Request {
    pub(crate) fn how(&self) -> How {
        How {
            mode: self.mode,
            preference: self.preference,
            nested: self.nested,
            threads: Threads::None,
            holds_others: true,
        }
    }
}

/// How one lock is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How {
    pub(crate) mode: Mode,
    pub(crate) preference: Preference,
    pub(crate) nested: Nested,
    pub(crate) threads: Threads,
    /// Whether the one who asks may hold other locks, and so be in the way of those it waits for.
    pub(crate) holds_others: bool,
}

impl How {
    pub(crate) fn looks_out(&self) -> bool {
        self.nested != Nested::Wait && self.holds_others
    }
}

/// What is known of this process' other threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Threads {
    /// None of them has to do with this lock: if the process holds it, it has inherited it.
    None,
    /// Some hold it too, and are not in the way for ever.
    Share,
}
