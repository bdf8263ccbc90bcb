//! Which locks are wanted, and how.

use std::os::fd::RawFd;
use std::path::PathBuf;

use super::mode::{Family, Mode, Preference};
use super::nested::Nested;
use super::patience::Wait;

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
