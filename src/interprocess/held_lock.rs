//! One lock that a thread has acquired; all its guards of that lock share it.
//!
//! What the calling thread holds: so that it does not wait for itself.
//!
//! Guards stay in their thread, so nobody else has to be asked. The list has no destructor: guards that other thread-locals
//! keep can still be dropped while the thread ends.

use std::cell::{Cell, RefCell};
use std::mem::{self, ManuallyDrop};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use super::file_pool::FilePool;
use super::thread_queue::{Key, Turn};
use crate::lock::{Deadlock, Error, Held, Joined, UnfairReason, WaitError, WaitState};
use crate::mode::Mode;
use crate::sys::file_id::leads_to;

/// A lock that is held until this is dropped.
#[derive(Debug)]
pub(super) struct HeldLock {
    pool: Arc<FilePool>,
    turn: Turn,
    lease: Lease,
    is_lost: Cell<bool>,
    is_left: Cell<bool>,
}

/// Whose lock it is.
#[derive(Debug)]
pub(super) enum Lease {
    Own(Held),
    /// One that this process has inherited, held so, will do, as long as we ask for no more.
    Joined(Joined, Cell<Mode>),
    Released,
}

impl HeldLock {
    pub(super) fn new(pool: Arc<FilePool>, turn: Turn, lease: Lease) -> Rc<Self> {
        let number = turn.queue().number();
        let held = Self { pool, turn, lease, is_lost: Cell::new(false), is_left: Cell::new(false) };
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

    pub(super) fn is_still_there(&self) -> bool {
        leads_to(self.path(), self.key().0)
    }

    pub(super) fn mode(&self) -> Mode {
        match &self.lease {
            Lease::Own(held) => held.mode(),
            Lease::Joined(_, mode) => mode.get(),
            Lease::Released => unreachable!("it is over only when it is dropped"),
        }
    }

    pub(super) fn is_held(&self) -> bool {
        !self.is_lost.get()
    }

    pub(super) fn held(&self) -> Option<&Held> {
        match &self.lease {
            Lease::Own(held) => Some(held),
            _ => None,
        }
    }

    pub(super) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.held().map(|held| held.expose().file.as_fd())
    }

    pub(super) fn unfair_reason(&self) -> Option<UnfairReason> {
        self.held().and_then(Held::unfair_reason)
    }

    pub(super) fn leave_gates(&self) {
        if let Some(held) = self.held() {
            held.leave_gates();
        }
    }

    pub(super) fn detach(&self) {
        self.is_left.set(true);
    }

    pub(super) fn upgrade(&self, wait_state: &WaitState) -> Result<(), Error> {
        if self.mode() == Mode::Exclusive {
            return Ok(());
        }
        let refused = |why| Error::refused(self.path(), why);
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
            Lease::Own(held) if self.is_left.get() => held.close(),
            Lease::Own(held) => {
                if let Some(file) = held.release() {
                    self.pool.give_back(file);
                }
            }
            _ => {}
        }
    }
}

type List = RefCell<ManuallyDrop<Vec<(u64, Weak<HeldLock>)>>>;

thread_local! {
    static MINE: List = const { RefCell::new(ManuallyDrop::new(Vec::new())) };
}

/// What the calling thread holds of this lock.
pub(super) fn find(queue: u64) -> Option<Rc<HeldLock>> {
    MINE.with_borrow(|mine| mine.iter().find(|(number, _)| *number == queue)?.1.upgrade())
}

/// Whether the calling thread holds any lock.
pub(super) fn holds_any() -> bool {
    MINE.with_borrow(|mine| !mine.is_empty())
}

pub(super) fn add(queue: u64, held: &Rc<HeldLock>) {
    MINE.with_borrow_mut(|mine| mine.push((queue, Rc::downgrade(held))));
}

pub(super) fn remove(queue: u64) {
    MINE.with_borrow_mut(|mine| {
        mine.retain(|(number, _)| *number != queue);
        if mine.is_empty() && mine.capacity() > 4 {
            drop(mem::take(&mut **mine));
        }
    });
}
