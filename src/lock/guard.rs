//! What is held, and how it is given back.

use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::process;

use super::file::LockFile;
use super::gates::Gates;
use super::main_lock;
use super::unordered::Unordered;

/// Locks that are held. Dropping it gives them back, also for processes that
/// have inherited their descriptors.
///
/// - **Panic**: unwinding drops it.
/// - **Crash**: the kernel gives the locks back when the last process that has
///   a descriptor of them is gone.
/// - **Fork**: the copy in a forked child gives nothing back; the child keeps
///   the locks held for as long as it keeps the descriptors.
#[derive(Debug)]
pub struct Guard {
    held: Vec<Held>,
}

/// One lock that is held.
#[derive(Debug)]
pub(crate) struct Held {
    lock: LockFile,
    gates: Gates,
    unordered: Option<Unordered>,
    /// The process that unlocks when this is dropped: not a forked child.
    unlocks: Option<u32>,
}

impl Guard {
    pub(crate) fn new(held: Vec<Held>) -> Self {
        Self { held }
    }

    /// The descriptors that the locks hang on, close-on-exec. A process that
    /// inherits a duplicate of one keeps that lock held.
    pub fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.held.iter().map(|held| held.lock.file.as_fd())
    }

    /// The locks that were taken first come, first served, and why.
    pub fn unordered(&self) -> impl Iterator<Item = (&Path, Unordered)> {
        self.held.iter().filter_map(|held| Some((held.lock.path.as_path(), held.unordered?)))
    }

    /// Closes our descriptors without unlocking: whoever has inherited one
    /// keeps the lock, and the last one to go frees it.
    pub fn leave_to_inheritors(self) {
        self.held.into_iter().for_each(Held::close);
    }
}

impl Held {
    pub(crate) fn new(lock: LockFile, gates: Gates, unordered: Option<Unordered>) -> Self {
        Self { lock, gates, unordered, unlocks: Some(process::id()) }
    }

    fn close(mut self) {
        self.unlocks = None;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.unlocks == Some(process::id()) {
            let _ = main_lock::unlock(&self.lock.file);
            self.gates.leave(&self.lock);
        }
    }
}
