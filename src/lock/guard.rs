//! What is held, and how it is given back.

use std::cell::{Cell, RefCell};
use std::os::fd::{AsFd, BorrowedFd};

use super::file::LockFile;
use super::gates::Intent;
use super::main_lock;
use super::request::Nested;
use super::share::{Joined, Plan, Share, is_shared};
use super::unfair::Unordered;
use super::upgrade::{downgrade, upgrade};
use super::wait::Waiting;
use super::wait_error::GaveUp;
use super::wait_state::Patience;
use crate::mode::Mode;
use crate::sys::fork;

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

/// One lock that is held.
#[derive(Debug)]
pub(crate) struct Held {
    /// There until it is given back.
    lock: Option<LockFile>,
    mode: Cell<Mode>,
    intent: RefCell<Option<Intent>>,
    unordered: Option<Unordered>,
    at_the_end: AtTheEnd,
    share: Option<Share>,
    /// Whether another process may have inherited it, and run under it.
    is_exposed: Cell<bool>,
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
            held.share = None;
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
    pub fn unordered(&self) -> Option<Unordered> {
        self.held.as_ref().and_then(Held::unordered)
    }

    /// Leaves the lock as it is to whoever has the descriptor.
    ///
    /// # Panics
    /// If the system refuses a second shared lock beside one that is held, as for want of memory.
    pub fn keep(self) {
        if let Some(descriptor) = &self.descriptor {
            let locked =
                Patience::new(Waiting::forever()).block(|| main_lock::lock(descriptor, Mode::Shared));
            assert!(locked.is_ok(), "the descriptor cannot be locked: {locked:?}");
        }
        if let Some(held) = self.held {
            held.close();
        }
        drop(self.joined);
    }
}

impl Held {
    pub(crate) fn new(
        lock: LockFile,
        mode: Mode,
        intent: Option<Intent>,
        unordered: Option<Unordered>,
    ) -> Self {
        Self {
            lock: Some(lock),
            mode: Cell::new(mode),
            intent: RefCell::new(intent),
            unordered,
            at_the_end: AtTheEnd::Unlock,
            share: None,
            is_exposed: Cell::new(false),
            unlocks: Some(fork::process()),
        }
    }

    /// A lock of the caller's that was held before.
    pub(crate) fn converted(lock: LockFile, mode: Mode, at_the_end: AtTheEnd) -> Self {
        let mut held = Self::new(lock, mode, None, None);
        held.at_the_end = at_the_end;
        held
    }

    pub(crate) fn mode(&self) -> Mode {
        self.mode.get()
    }

    pub(crate) fn unordered(&self) -> Option<Unordered> {
        self.unordered
    }

    pub(crate) fn lock(&self) -> &LockFile {
        self.lock.as_ref().expect("it is there until it is given back")
    }

    /// Whether the path still leads to it.
    pub(crate) fn is_still_there(&self) -> bool {
        self.lock().is_still_there()
    }

    /// From shared to exclusive. Refused, it is held as before, unless it is lost.
    pub(crate) fn upgrade(&self, nested: Nested, patience: &Patience) -> Result<(), GaveUp> {
        upgrade(self.lock(), nested, patience)?;
        self.mode.set(Mode::Exclusive);
        Ok(())
    }

    /// From exclusive to shared.
    pub(crate) fn downgrade(&self) -> Result<(), GaveUp> {
        self.intent.take();
        downgrade(self.lock())?;
        self.mode.set(Mode::Shared);
        Ok(())
    }

    /// Gives up what of the gates is kept until the release.
    pub(crate) fn leave_gates(&self) {
        self.intent.take();
    }

    /// The descriptor is given to the caller, who may let others inherit it.
    pub(crate) fn expose(&self) -> &LockFile {
        self.is_exposed.set(true);
        self.lock()
    }

    fn share(&mut self) {
        let plan = match self.at_the_end {
            AtTheEnd::Unlock => Plan::Unlock,
            AtTheEnd::Downgrade => Plan::Downgrade,
            AtTheEnd::Keep => Plan::Keep,
        };
        self.share = Share::begin(self.lock(), plan);
    }

    /// What is to be done with the lock now: nothing, if others run under it.
    fn end(&mut self) -> AtTheEnd {
        match self.share.take() {
            None if self.is_exposed.get() && is_shared(self.lock()) => AtTheEnd::Keep,
            None => self.at_the_end,
            Some(share) => match share.leave(self.lock()) {
                Some(Plan::Unlock) => AtTheEnd::Unlock,
                Some(Plan::Downgrade) => AtTheEnd::Downgrade,
                Some(Plan::Keep) | None => AtTheEnd::Keep,
            },
        }
    }

    /// Gives it back, and leaves the file open for another time; `None` in a forked child, whose file is its parent's too.
    pub(crate) fn release(mut self) -> Option<LockFile> {
        if self.give_back() { self.lock.take() } else { None }
    }

    /// Closes the file without unlocking: whoever has inherited it keeps the lock.
    pub(crate) fn close(mut self) {
        self.unlocks = None;
    }

    fn give_back(&mut self) -> bool {
        if self.unlocks.take() != Some(fork::process()) {
            return false;
        }
        let at_the_end = self.end();
        let lock = self.lock();
        match at_the_end {
            AtTheEnd::Unlock => {
                // Readers come in before a fair writer closes the passage again.
                self.intent.take();
                let _ = main_lock::unlock(lock);
            }
            AtTheEnd::Downgrade => {
                let _ = downgrade(lock);
            }
            AtTheEnd::Keep => {}
        }
        at_the_end == AtTheEnd::Unlock
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.give_back();
    }
}
