//! A lock that is held, and how it is released.
//!
//! A release depends on three questions: whether this process may release the lock at all (a forked
//! child must not, for its copy of the file is its parent's), whether other processes run commands
//! under the same open file, and what the lock was before.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use super::file::LockFile;
use super::gates::Intent;
use super::main_lock;
use super::request::Nested;
use super::share::{Plan, Share, is_shared};
use super::slots;
use super::unfair::UnfairReason;
use super::upgrade::{downgrade, upgrade};
use super::wait_error::WaitError;
use super::wait_state::WaitState;
use crate::mode::{AtomicMode, Mode};
use crate::sys::fork;

/// A lock that is held; dropping it releases the lock.
///
/// Several threads may look at it. Only one at a time may convert it, which the guards see to.
#[derive(Debug)]
pub(crate) struct Held {
    /// `Some` until it is released.
    lock: Option<LockFile>,
    mode: AtomicMode,
    /// The gate that a preferring writer keeps until the release.
    intent: Mutex<Option<Intent>>,
    unfair_reason: Option<UnfairReason>,
    /// The numbers of the slots that are held too.
    slots: Vec<u32>,
    /// How the caller's descriptor held it before the call.
    before: Option<Mode>,
    on_release: OnRelease,
    /// The share of a command that runs under the lock beside others.
    share: Option<Share>,
    /// Whether another process may have inherited the descriptor, and run a command under the lock.
    is_exposed: AtomicBool,
    /// The process that releases the lock when this is dropped; `None` once it is released or
    /// detached.
    owner: Option<u32>,
}

/// The main lock, and what comes with it.
#[derive(Debug, Default)]
pub(super) struct Entry {
    /// The gate that stays closed until the release.
    pub(super) intent: Option<Intent>,
    /// Why there were no gates.
    pub(super) unfair_reason: Option<UnfairReason>,
    /// The slots, if the request is for some.
    pub(super) slots: Vec<u32>,
}

/// What a release does with the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnRelease {
    Unlock,
    /// The caller held it shared before.
    Downgrade,
    /// The caller held it before, and keeps it as it is now.
    Keep,
}

impl Held {
    pub(super) fn new(lock: LockFile, mode: Mode, entry: Entry) -> Self {
        Self {
            lock: Some(lock),
            mode: AtomicMode::new(mode),
            intent: Mutex::new(entry.intent),
            unfair_reason: entry.unfair_reason,
            slots: entry.slots,
            before: None,
            on_release: OnRelease::Unlock,
            share: None,
            is_exposed: AtomicBool::new(false),
            owner: Some(fork::process()),
        }
    }

    /// A lock that the caller's descriptor held before, in this mode or another.
    pub(crate) fn converted(lock: LockFile, before: Mode, mode: Mode, on_release: OnRelease) -> Self {
        let mut held = Self::new(lock, mode, Entry::default());
        (held.before, held.on_release) = (Some(before), on_release);
        held
    }

    pub(crate) fn mode(&self) -> Mode {
        self.mode.get()
    }

    pub(crate) fn unfair_reason(&self) -> Option<UnfairReason> {
        self.unfair_reason
    }

    /// The numbers of the slots that are held; empty if the lock is not about slots.
    pub(crate) fn slots(&self) -> &[u32] {
        &self.slots
    }

    pub(crate) fn lock(&self) -> &LockFile {
        self.lock.as_ref().expect("some until it is released")
    }

    /// Whether the path still leads to the locked file.
    pub(crate) fn is_still_there(&self) -> bool {
        self.lock().is_still_there()
    }

    /// Converts a shared lock to an exclusive one. After an error the lock is held as before,
    /// except after [`WaitError::Lost`].
    pub(crate) fn upgrade(&self, nested: Nested, wait_state: &WaitState) -> Result<(), WaitError> {
        upgrade(self.lock(), nested, wait_state)?;
        self.mode.set(Mode::Exclusive);
        Ok(())
    }

    /// The same for a descriptor. One that held the lock shared before is shared again on release.
    pub(super) fn upgrade_on_descriptor(
        &mut self,
        nested: Nested,
        wait_state: &WaitState,
    ) -> Result<(), WaitError> {
        self.upgrade(nested, wait_state)?;
        if self.before == Some(Mode::Shared) {
            self.on_release = OnRelease::Downgrade;
        }
        Ok(())
    }

    /// Converts an exclusive lock to a shared one. The gate is dropped first, as in a release.
    pub(crate) fn downgrade(&self) -> Result<(), WaitError> {
        self.leave_gates();
        downgrade(self.lock())?;
        self.mode.set(Mode::Shared);
        Ok(())
    }

    /// Drops the gate that would be kept until the release.
    pub(crate) fn leave_gates(&self) {
        self.intent.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// The file, for a caller that may let other processes inherit its descriptor.
    pub(crate) fn expose(&self) -> &LockFile {
        self.is_exposed.store(true, Relaxed);
        self.lock()
    }

    /// Forgets the share, for this process is about to exec the command, and cannot release
    /// anything afterwards.
    pub(super) fn forget_share(&mut self) {
        self.share = None;
    }

    /// Announces a command that is about to run under the lock, perhaps beside others under the
    /// same open file.
    pub(super) fn share(&mut self) {
        let plan = match self.on_release {
            OnRelease::Unlock => Plan::Unlock,
            OnRelease::Downgrade => Plan::Downgrade,
            OnRelease::Keep => Plan::Keep,
        };
        self.share = Share::begin(self.lock(), plan);
    }

    /// What to do with the lock now: nothing, if other commands still run under it; the last of
    /// them carries out the plan.
    fn on_release_now(&mut self) -> OnRelease {
        match self.share.take() {
            None if self.is_exposed.load(Relaxed) && is_shared(self.lock()) => OnRelease::Keep,
            None => self.on_release,
            Some(share) => match share.leave(self.lock()) {
                Some(Plan::Unlock) => OnRelease::Unlock,
                Some(Plan::Downgrade) => OnRelease::Downgrade,
                Some(Plan::Keep) | None => OnRelease::Keep,
            },
        }
    }

    /// Releases the lock, and returns the file, still open, to be used again; `None` if it is not
    /// unlocked, as in a forked child, which shares the file with its parent.
    pub(crate) fn release(mut self) -> Option<LockFile> {
        if self.unlock() { self.lock.take() } else { None }
    }

    /// Closes the file without releasing: processes that have inherited it keep the lock.
    pub(crate) fn close(mut self) {
        self.owner = None;
    }

    /// Releases the lock once, in the process that acquired it; whether the file is unlocked now.
    fn unlock(&mut self) -> bool {
        if self.owner.take() != Some(fork::process()) {
            return false;
        }
        let on_release = self.on_release_now();
        let lock = self.lock();
        match on_release {
            OnRelease::Unlock => {
                // The gate before the lock: readers that wait for this writer then pass PASSAGE,
                // and acquire the lock before the next fair writer can close it.
                self.leave_gates();
                let _ = main_lock::unlock(lock);
                if !self.slots.is_empty() {
                    let _ = slots::release(lock);
                }
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
        self.unlock();
    }
}
