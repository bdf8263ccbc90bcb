//! What is held, and how it is released.

use std::cell::{Cell, RefCell};

use super::file::LockFile;
use super::gates::Intent;
use super::main_lock;
use super::request::Nested;
use super::share::{Plan, Share, is_shared};
use super::unfair::UnfairReason;
use super::upgrade::{downgrade, upgrade};
use super::wait_error::WaitError;
use super::wait_state::WaitState;
use crate::mode::Mode;
use crate::sys::fork;

/// One lock that is held.
#[derive(Debug)]
pub(crate) struct Held {
    /// There until it is given back.
    lock: Option<LockFile>,
    mode: Cell<Mode>,
    intent: RefCell<Option<Intent>>,
    unordered: Option<UnfairReason>,
    on_release: OnRelease,
    share: Option<Share>,
    /// Whether another process may have inherited it, and run under it.
    is_exposed: Cell<bool>,
    /// The process that unlocks when this is dropped: not a forked child.
    unlocks: Option<u32>,
}

/// What becomes of the lock when it is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnRelease {
    Unlock,
    /// It was held shared before, and is again.
    Downgrade,
    /// It was held before.
    Keep,
}

impl Held {
    pub(crate) fn new(
        lock: LockFile,
        mode: Mode,
        intent: Option<Intent>,
        unordered: Option<UnfairReason>,
    ) -> Self {
        Self {
            lock: Some(lock),
            mode: Cell::new(mode),
            intent: RefCell::new(intent),
            unordered,
            on_release: OnRelease::Unlock,
            share: None,
            is_exposed: Cell::new(false),
            unlocks: Some(fork::process()),
        }
    }

    /// A lock of the caller's that was held before.
    pub(crate) fn converted(lock: LockFile, mode: Mode, on_release: OnRelease) -> Self {
        let mut held = Self::new(lock, mode, None, None);
        held.on_release = on_release;
        held
    }

    pub(crate) fn mode(&self) -> Mode {
        self.mode.get()
    }

    pub(crate) fn unfair_reason(&self) -> Option<UnfairReason> {
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
    pub(crate) fn upgrade(&self, nested: Nested, wait_state: &WaitState) -> Result<(), WaitError> {
        upgrade(self.lock(), nested, wait_state)?;
        self.mode.set(Mode::Exclusive);
        Ok(())
    }

    /// From exclusive to shared.
    pub(crate) fn downgrade(&self) -> Result<(), WaitError> {
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

    /// This process is about to become the command: nobody is left to tell who is the last out.
    pub(super) fn forget_share(&mut self) {
        self.share = None;
    }

    /// A command is about to run under it, beside others that may run under the same open file.
    pub(super) fn share(&mut self) {
        let plan = match self.on_release {
            OnRelease::Unlock => Plan::Unlock,
            OnRelease::Downgrade => Plan::Downgrade,
            OnRelease::Keep => Plan::Keep,
        };
        self.share = Share::begin(self.lock(), plan);
    }

    /// What is to be done with the lock now: nothing, if others run under it.
    fn end(&mut self) -> OnRelease {
        match self.share.take() {
            None if self.is_exposed.get() && is_shared(self.lock()) => OnRelease::Keep,
            None => self.on_release,
            Some(share) => match share.leave(self.lock()) {
                Some(Plan::Unlock) => OnRelease::Unlock,
                Some(Plan::Downgrade) => OnRelease::Downgrade,
                Some(Plan::Keep) | None => OnRelease::Keep,
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
        let on_release = self.end();
        let lock = self.lock();
        match on_release {
            OnRelease::Unlock => {
                // Readers come in before a fair writer closes the passage again.
                self.intent.take();
                let _ = main_lock::unlock(lock);
            }
            OnRelease::Downgrade => {
                let _ = downgrade(lock);
            }
            OnRelease::Keep => {}
        }
        on_release == OnRelease::Unlock
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.give_back();
    }
}
