//! One lock that this process has acquired, whoever may release it.
//!
//! A lease is the lock in the kernel together with the turn among the threads of this process.
//! Every guard owns one, alone or together with the other guards of its thread. It knows no thread,
//! so it may be used and dropped in any; the guards decide which threads may do so.

use std::mem;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::file_pool::FilePool;
use super::thread_queue::{Key, Turn};
use crate::holders::{OwnLock, held_through, slots_through};
use crate::lock::{Deadlock, Error, Held, Joined, UnfairReason, WaitError, WaitState};
use crate::mode::{AtomicMode, Mode};
use crate::sys::file_id::leads_to;

/// A lock that is held until this is dropped.
///
/// Dropping it releases the kernel's lock first and ends the turn last, so the next thread of the
/// queue finds the lock free.
#[derive(Debug)]
pub(super) struct Lease {
    pool: Arc<FilePool>,
    turn: Turn,
    source: Source,
    uncoalesced: Option<UnfairReason>,
    is_lost: AtomicBool,
    is_detached: AtomicBool,
}

/// Whose lock it is.
#[derive(Debug)]
pub(super) enum Source {
    /// This process acquired it from the kernel.
    Own(Held),
    /// An ancestor holds it, and this process has inherited the descriptor. The mode is the one in
    /// which it is used here, at most the one in which it is held.
    Joined(Joined, AtomicMode),
    /// Only while the `Lease` is being dropped.
    Released,
}

impl Lease {
    pub(super) fn new(pool: Arc<FilePool>, turn: Turn, source: Source) -> Self {
        let (is_lost, is_detached) = Default::default();
        Self { pool, turn, source, uncoalesced: None, is_lost, is_detached }
    }

    /// Remembers why no other request could see this one wait.
    pub(super) fn uncoalesced(mut self, uncoalesced: Option<UnfairReason>) -> Self {
        self.uncoalesced = uncoalesced;
        self
    }

    pub(super) fn uncoalesced_reason(&self) -> Option<UnfairReason> {
        self.uncoalesced
    }

    /// Marks the lock as one that any thread may release. The thread that acquired it does not wait
    /// for itself when it waits for the lock again.
    pub(super) fn leave_thread(&mut self) {
        self.turn.leave_thread();
    }

    pub(super) fn path(&self) -> &Path {
        self.pool.path()
    }

    pub(super) fn key(&self) -> Key {
        self.turn.queue().key()
    }

    /// The number of the lock's thread queue.
    pub(super) fn queue_number(&self) -> u64 {
        self.turn.queue().number()
    }

    /// Whether the path still leads to the file that is locked.
    pub(super) fn is_still_there(&self) -> bool {
        leads_to(self.path(), self.key().0)
    }

    pub(super) fn mode(&self) -> Mode {
        match &self.source {
            Source::Own(held) => held.mode(),
            Source::Joined(_, mode) => mode.get(),
            Source::Released => unreachable!("it is released only when it is dropped"),
        }
    }

    /// Whether it is about slots.
    pub(super) fn is_for_slots(&self) -> bool {
        self.pool.options().slots.is_some()
    }

    /// The numbers of the slots that it holds, or has inherited; empty if it is not about slots.
    pub(super) fn slots(&self) -> Vec<u32> {
        match &self.source {
            Source::Own(held) => held.slots().to_vec(),
            Source::Joined(joined, _) => slots_through(joined.lock().file.as_raw_fd()),
            Source::Released => Vec::new(),
        }
    }

    /// What the kernel says of it; where that cannot be seen, `false` only after an upgrade failed
    /// with [`Error::Lost`].
    pub(super) fn is_held(&self) -> bool {
        let held = match &self.source {
            Source::Own(held) => held.lock(),
            Source::Joined(joined, _) => joined.lock(),
            Source::Released => return false,
        };
        match held_through(&held.file, held.family) {
            OwnLock::Held(mode) => mode == Mode::Exclusive || self.mode() == Mode::Shared,
            OwnLock::Free => false,
            OwnLock::Unknown => !self.is_lost.load(Relaxed),
        }
    }

    /// Whether the lock is an ancestor's, which this process has inherited.
    pub(super) fn is_borrowed(&self) -> bool {
        matches!(self.source, Source::Joined(..))
    }

    /// The kernel's lock; `None` if it is an ancestor's.
    fn own(&self) -> Option<&Held> {
        match &self.source {
            Source::Own(held) => Some(held),
            _ => None,
        }
    }

    pub(super) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.own().map(|held| held.expose().file.as_fd())
    }

    pub(super) fn unfair_reason(&self) -> Option<UnfairReason> {
        self.own().and_then(Held::unfair_reason)
    }

    pub(super) fn leave_gates(&self) {
        if let Some(held) = self.own() {
            held.leave_gates();
        }
    }

    /// Makes the drop close the file without unlocking it.
    pub(super) fn detach(&self) {
        self.is_detached.store(true, Relaxed);
    }

    /// From shared to exclusive: first among the threads of this process, then among processes. If
    /// the second step fails, the first is undone. One thread at a time may convert the lock.
    pub(super) fn upgrade(&self, wait_state: &WaitState) -> Result<(), Error> {
        if self.mode() == Mode::Exclusive {
            return Ok(());
        }
        let refused = |why| Error::refused(self.path(), why);
        if self.is_lost.load(Relaxed) {
            return Err(refused(WaitError::Lost));
        }
        self.turn.upgrade(self.path(), wait_state).map_err(refused)?;
        let upgraded = match &self.source {
            Source::Own(held) => held.upgrade(self.pool.options().nested, wait_state),
            Source::Joined(joined, mode) if joined.mode() == Mode::Exclusive => {
                mode.set(Mode::Exclusive);
                Ok(())
            }
            Source::Joined(..) => Err(WaitError::Deadlock(Box::new(Deadlock::Inherited))),
            Source::Released => Ok(()),
        };
        if let Err(why) = &upgraded {
            self.is_lost.store(matches!(why, WaitError::Lost), Relaxed);
            self.turn.downgrade();
        }
        upgraded.map_err(refused)
    }

    /// From exclusive to shared: first among processes, then among the threads of this process, so
    /// no thread reads before the kernel's lock is shared.
    pub(super) fn downgrade(&self) -> Result<(), Error> {
        if self.mode() == Mode::Shared {
            return Ok(());
        }
        match &self.source {
            Source::Own(held) => held.downgrade().map_err(|why| Error::refused(self.path(), why))?,
            Source::Joined(_, mode) => mode.set(Mode::Shared),
            Source::Released => {}
        }
        self.turn.downgrade();
        Ok(())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        match mem::replace(&mut self.source, Source::Released) {
            Source::Own(held) if self.is_detached.load(Relaxed) => held.close(),
            Source::Own(held) => {
                if let Some(file) = held.release() {
                    self.pool.put_back(file);
                }
            }
            _ => {}
        }
    }
}
