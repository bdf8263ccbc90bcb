//! What is held, and how it is given back.

use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::process;

use super::convert::downgrade;
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
    at_the_end: AtTheEnd,
    /// The process that unlocks when this is dropped: not a forked child.
    unlocks: Option<u32>,
}

/// What becomes of the lock when it is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AtTheEnd {
    Unlock,
    /// It was held shared before, and is again.
    Downgrade,
    /// It was held before.
    Keep,
}

impl Guard {
    pub(crate) fn new(held: Vec<Held>) -> Self {
        Self { held }
    }

    /// The descriptors that the locks hang on, close-on-exec. A process that
    /// inherits a duplicate of one keeps that lock held. Those that the caller
    /// has opened itself are not among them.
    pub fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.held.iter().filter(|held| held.lock.is_ours).map(|held| held.lock.file.as_fd())
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
        let unlocks = Some(process::id());
        Self { lock, gates, unordered, at_the_end: AtTheEnd::Unlock, unlocks }
    }

    /// A lock of the caller's that was held before.
    pub(crate) fn converted(lock: LockFile, at_the_end: AtTheEnd) -> Self {
        let mut held = Self::new(lock, Gates::none(), None);
        held.at_the_end = at_the_end;
        held
    }

    fn close(mut self) {
        self.unlocks = None;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.unlocks != Some(process::id()) {
            return;
        }
        match self.at_the_end {
            AtTheEnd::Unlock => {
                let _ = main_lock::unlock(&self.lock);
                self.gates.leave(&self.lock);
            }
            AtTheEnd::Downgrade => {
                let _ = downgrade(&self.lock);
            }
            AtTheEnd::Keep => {}
        }
    }
}
