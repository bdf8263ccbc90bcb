//! One lock that a thread has acquired. All guards of this lock in this thread share it.
//!
//! Each thread has a list of the locks that it holds, so that it never waits for itself. Guards
//! cannot leave their thread, so the list needs no mutex. It has no destructor: guards in other
//! thread-local variables can still be dropped while the thread ends.

use std::cell::{Cell, RefCell};
use std::mem::{self, ManuallyDrop};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use super::file_pool::FilePool;
use super::thread_queue::{Key, Turn};
use crate::holders::{OwnLock, held_through};
use crate::lock::{Deadlock, Error, Held, Joined, Nested, UnfairReason, WaitError, WaitState};
use crate::mode::Mode;
use crate::sys::file_id::leads_to;

/// A lock that is held until this is dropped.
///
/// Dropping it releases the kernel's lock first and ends the turn last, so the next thread of the
/// queue finds the lock free.
#[derive(Debug)]
pub(super) struct HeldLock {
    pool: Arc<FilePool>,
    turn: Turn,
    lease: Lease,
    is_lost: Cell<bool>,
    is_detached: Cell<bool>,
}

/// Whose lock it is.
#[derive(Debug)]
pub(super) enum Lease {
    /// This thread acquired it from the kernel.
    Own(Held),
    /// An ancestor holds it, and this process has inherited the descriptor. The mode is the one in
    /// which this thread uses it, at most the one in which it is held.
    Joined(Joined, Cell<Mode>),
    /// Only while the `HeldLock` is being dropped.
    Released,
}

/// What to do when a thread requests a lock that it already holds.
#[derive(Debug)]
pub(super) enum Reentry {
    /// Share the lock that is held: its mode is strong enough.
    Shares,
    /// Fail, because the thread would wait for itself.
    Refused(WaitError),
}

impl HeldLock {
    /// Also adds the lock to the calling thread's list.
    pub(super) fn new(pool: Arc<FilePool>, turn: Turn, lease: Lease) -> Rc<Self> {
        let number = turn.queue().number();
        let held = Self { pool, turn, lease, is_lost: Cell::new(false), is_detached: Cell::new(false) };
        let held = Rc::new(held);
        add(number, &held);
        held
    }

    pub(super) fn path(&self) -> &Path {
        self.pool.path()
    }

    pub(super) fn key(&self) -> Key {
        self.turn.queue().key()
    }

    /// Whether the path still leads to the file that is locked.
    pub(super) fn is_still_there(&self) -> bool {
        leads_to(self.path(), self.key().0)
    }

    pub(super) fn mode(&self) -> Mode {
        match &self.lease {
            Lease::Own(held) => held.mode(),
            Lease::Joined(_, mode) => mode.get(),
            Lease::Released => unreachable!("it is released only when it is dropped"),
        }
    }

    /// Decides about a second request of the holding thread. A reader may always read again;
    /// everything else that the held mode covers needs [`Nested::Join`].
    pub(super) fn reentry(&self, wanted: Mode, nested: Nested, wait_state: &WaitState) -> Reentry {
        let held = self.mode();
        let is_enough = held == Mode::Exclusive || wanted == Mode::Shared;
        match (held, nested) {
            (Mode::Shared, _) | (_, Nested::Join) if is_enough => Reentry::Shares,
            _ if !wait_state.may_wait() => Reentry::Refused(WaitError::Busy),
            _ => Reentry::Refused(WaitError::Deadlock(Box::new(Deadlock::HeldByThisThread(held)))),
        }
    }

    /// What the kernel says of it; where that cannot be seen, `false` only after an upgrade failed
    /// with [`Error::Lost`].
    pub(super) fn is_held(&self) -> bool {
        let held = match &self.lease {
            Lease::Own(held) => held.lock(),
            Lease::Joined(joined, _) => joined.lock(),
            Lease::Released => return false,
        };
        match held_through(&held.file, held.family) {
            OwnLock::Held(mode) => mode == Mode::Exclusive || self.mode() == Mode::Shared,
            OwnLock::Free => false,
            OwnLock::Unknown => !self.is_lost.get(),
        }
    }

    /// Whether the lock is an ancestor's, which this process has inherited.
    pub(super) fn is_borrowed(&self) -> bool {
        matches!(self.lease, Lease::Joined(..))
    }

    /// The kernel's lock; `None` if it is an ancestor's.
    fn own(&self) -> Option<&Held> {
        match &self.lease {
            Lease::Own(held) => Some(held),
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
        self.is_detached.set(true);
    }

    /// From shared to exclusive: first among the threads of this process, then among processes. If
    /// the second step fails, the first is undone.
    pub(super) fn upgrade(&self, wait_state: &WaitState) -> Result<(), Error> {
        if self.mode() == Mode::Exclusive {
            return Ok(());
        }
        let refused = |why| Error::refused(self.path(), why);
        if self.is_lost.get() {
            return Err(refused(WaitError::Lost));
        }
        self.turn.upgrade(self.path(), wait_state).map_err(refused)?;
        let upgraded = match &self.lease {
            Lease::Own(held) => held.upgrade(self.pool.options().nested, wait_state),
            Lease::Joined(joined, mode) if joined.mode() == Mode::Exclusive => {
                mode.set(Mode::Exclusive);
                Ok(())
            }
            Lease::Joined(..) => Err(WaitError::Deadlock(Box::new(Deadlock::Inherited))),
            Lease::Released => Ok(()),
        };
        if let Err(why) = &upgraded {
            self.is_lost.set(matches!(why, WaitError::Lost));
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
        match &self.lease {
            Lease::Own(held) => held.downgrade().map_err(|why| Error::refused(self.path(), why))?,
            Lease::Joined(_, mode) => mode.set(Mode::Shared),
            Lease::Released => {}
        }
        self.turn.downgrade();
        Ok(())
    }
}

impl Drop for HeldLock {
    fn drop(&mut self) {
        remove(self.turn.queue().number());
        match mem::replace(&mut self.lease, Lease::Released) {
            Lease::Own(held) if self.is_detached.get() => held.close(),
            Lease::Own(held) => {
                if let Some(file) = held.release() {
                    self.pool.put_back(file);
                }
            }
            _ => {}
        }
    }
}

type List = RefCell<ManuallyDrop<Vec<(u64, Weak<HeldLock>)>>>;

thread_local! {
    /// The locks that this thread holds, by the numbers of their queues.
    static HELD_BY_THREAD: List = const { RefCell::new(ManuallyDrop::new(Vec::new())) };
}

/// The lock of this queue, if the calling thread holds it.
pub(super) fn find(queue: u64) -> Option<Rc<HeldLock>> {
    HELD_BY_THREAD.with_borrow(|list| list.iter().find(|(number, _)| *number == queue)?.1.upgrade())
}

/// Whether the calling thread holds any lock between processes.
pub(super) fn holds_any() -> bool {
    HELD_BY_THREAD.with_borrow(|list| !list.is_empty())
}

fn add(queue: u64, held: &Rc<HeldLock>) {
    HELD_BY_THREAD.with_borrow_mut(|list| list.push((queue, Rc::downgrade(held))));
}

/// Frees the memory of an empty list that was long, because nothing else does.
fn remove(queue: u64) {
    HELD_BY_THREAD.with_borrow_mut(|list| {
        list.retain(|(number, _)| *number != queue);
        if list.is_empty() && list.capacity() > 4 {
            drop(mem::take(&mut **list));
        }
    });
}
