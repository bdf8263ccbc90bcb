//! The guard of a lock on a descriptor that the caller opened.

use std::os::fd::{AsFd, BorrowedFd};

use super::file::LockFile;
use super::held::Held;
use super::main_lock;
use super::share::Joined;
use super::unfair::UnfairReason;
use super::wait::Wait;
use super::wait_state::WaitState;
use crate::mode::Mode;

/// A lock on a descriptor that the caller opened, held until this is dropped.
///
/// The drop releases the lock, for all processes that have the descriptor; a lock that the
/// descriptor held before the call is restored instead. If other processes run commands under the
/// same open file, the last of them does so. [`detach`](Self::detach) keeps the lock.
///
/// - **Panic**: unwinding drops the guard.
/// - **Crash**: the lock stays as long as any process has the descriptor.
/// - **Fork**: the copy in a forked child releases nothing.
///
/// Python's fasteners has nothing like it; the model is `flock NUMBER` of flock(1).
#[derive(Debug)]
#[must_use = "the lock is released as soon as the guard is dropped"]
pub struct DescriptorGuard {
    held: Option<Held>,
    joined: Option<Joined>,
    /// The caller's descriptor, where the lock is held shared through a second open file.
    descriptor: Option<LockFile>,
}

impl DescriptorGuard {
    pub(crate) fn new(held: Option<Held>) -> Self {
        Self { held, joined: None, descriptor: None }
    }

    /// For an inherited lock that suffices.
    pub(crate) fn joined(joined: Joined) -> Self {
        Self { held: None, joined: Some(joined), descriptor: None }
    }

    /// For a shared lock through a second open file, which leaves the descriptor unchanged.
    pub(crate) fn beside(held: Held, descriptor: LockFile) -> Self {
        Self { held: Some(held), joined: None, descriptor: Some(descriptor) }
    }

    /// Announces a command that is about to run under the lock, perhaps beside others under the
    /// same open file: the last of them releases the lock.
    #[doc(hidden)]
    pub fn share(&mut self) {
        if let Some(held) = &mut self.held {
            held.share();
        }
    }

    /// Whether the lock is an inherited one that this process has joined.
    #[doc(hidden)]
    #[must_use]
    pub fn is_joined(&self) -> bool {
        self.joined.is_some()
    }

    /// Drops the gates, for this process is about to exec the command: exec would drop them without
    /// removing the gate file.
    #[doc(hidden)]
    pub fn leave_gates(&mut self) {
        if let Some(held) = &mut self.held {
            held.forget_share();
            held.leave_gates();
        }
    }

    /// The descriptor that a command has to inherit to keep the lock, if it is not the one that was
    /// locked; otherwise `None`.
    #[must_use]
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.descriptor.as_ref()?;
        self.held.as_ref().map(|held| held.lock().file.as_fd())
    }

    /// Why the lock was acquired first come, first served, although an order was asked for; `None`
    /// if it was acquired in order.
    #[must_use]
    pub fn unfair_reason(&self) -> Option<UnfairReason> {
        self.held.as_ref().and_then(Held::unfair_reason)
    }

    /// Keeps the lock held through the descriptor: it is released when the last process closes the
    /// descriptor, or unlocks it. Gates are dropped.
    ///
    /// # Panics
    /// If the system refuses a second shared lock beside one that is held, because it has no memory
    /// or no locks left.
    pub fn detach(self) {
        if let Some(descriptor) = &self.descriptor {
            let locked = main_lock::lock(descriptor, Mode::Shared, &WaitState::new(Wait::forever()));
            assert!(locked.is_ok(), "the descriptor cannot be locked: {locked:?}");
        }
        if let Some(held) = self.held {
            held.close();
        }
        drop(self.joined);
    }
}
