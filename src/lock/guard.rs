//! A lock on a descriptor of the caller's, until it is released or left as it is.

use std::os::fd::{AsFd, BorrowedFd};

use super::file::LockFile;
use super::held::Held;
use super::main_lock;
use super::share::Joined;
use super::unfair::UnfairReason;
use super::wait::Wait;
use super::wait_state::WaitState;
use crate::mode::Mode;

/// A lock on a descriptor that somebody else has opened, held until this is dropped: then it is freed, for all processes that
/// have the descriptor, or is again what it was before.
///
/// - **Panic**: unwinding drops it.
/// - **Crash**: the lock stays, for as long as anybody has the descriptor.
/// - **Fork**: the copy in a forked child gives nothing back.
#[derive(Debug)]
#[must_use = "the lock is given back as soon as the guard is dropped"]
pub struct DescriptorGuard {
    held: Option<Held>,
    joined: Option<Joined>,
    /// The descriptor, where the lock is held shared through another open file of ours.
    descriptor: Option<LockFile>,
}

impl DescriptorGuard {
    pub(crate) fn new(held: Option<Held>) -> Self {
        Self { held, joined: None, descriptor: None }
    }

    /// Of an inherited lock that will do.
    pub(crate) fn joined(joined: Joined) -> Self {
        Self { held: None, joined: Some(joined), descriptor: None }
    }

    /// A shared lock through another open file, so that the descriptor stays as it is, however it
    /// is.
    pub(crate) fn beside(held: Held, descriptor: LockFile) -> Self {
        Self { held: Some(held), joined: None, descriptor: Some(descriptor) }
    }

    /// A command is about to run under the lock, and others may run under the lock of the same open
    /// file: the last of them gives it back.
    #[doc(hidden)]
    pub fn share(&mut self) {
        if let Some(held) = &mut self.held {
            held.share();
        }
    }

    /// This process is about to become the command, with which its gates would be lost, and their
    /// file left.
    #[doc(hidden)]
    pub fn leave_gates(&mut self) {
        if let Some(held) = &mut self.held {
            held.forget_share();
            held.leave_gates();
        }
    }

    /// What a command has to inherit to keep the lock, if it is not the descriptor itself.
    #[must_use]
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.descriptor.as_ref()?;
        self.held.as_ref().map(|held| held.lock().file.as_fd())
    }

    /// Why the lock was taken first come, first served, if an order was asked for and could not be had.
    #[must_use]
    pub fn unfair_reason(&self) -> Option<UnfairReason> {
        self.held.as_ref().and_then(Held::unfair_reason)
    }

    /// Leaves the lock as it is to whoever has the descriptor.
    ///
    /// # Panics
    /// If the system refuses a second shared lock beside one that is held, as for want of memory.
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
