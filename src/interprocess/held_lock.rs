//! One lock that a thread has taken; all its guards of that lock share it.
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

use super::file_pool::Place;
use super::thread_queue::{Entered, Key};
use crate::lock::{Endless, Error, GaveUp, Held, Joined, Patience, Unordered, leads_to};
use crate::mode::Mode;

/// A lock that is held until this is dropped.
#[derive(Debug)]
pub(super) struct Taken {
    place: Arc<Place>,
    entered: Entered,
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
    Over,
}

impl Taken {
    pub(super) fn new(place: Arc<Place>, entered: Entered, lease: Lease) -> Rc<Self> {
        let number = entered.front().number();
        let taken = Self { place, entered, lease, is_lost: Cell::new(false), is_left: Cell::new(false) };
        let taken = Rc::new(taken);
        add(number, &taken);
        taken
    }

    pub(super) fn path(&self) -> &Path {
        self.place.path()
    }

    pub(super) fn key(&self) -> Key {
        self.entered.front().key()
    }

    pub(super) fn is_still_there(&self) -> bool {
        leads_to(self.path(), self.key().0)
    }

    pub(super) fn mode(&self) -> Mode {
        match &self.lease {
            Lease::Own(held) => held.mode(),
            Lease::Joined(_, mode) => mode.get(),
            Lease::Over => unreachable!("it is over only when it is dropped"),
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

    pub(super) fn unordered(&self) -> Option<Unordered> {
        self.held().and_then(Held::unordered)
    }

    pub(super) fn leave_gates(&self) {
        if let Some(held) = self.held() {
            held.leave_gates();
        }
    }

    pub(super) fn leave_to_inheritors(&self) {
        self.is_left.set(true);
    }

    pub(super) fn upgrade(&self, patience: &Patience) -> Result<(), Error> {
        if self.mode() == Mode::Exclusive {
            return Ok(());
        }
        let refused = |why| Error::refused(self.path(), why);
        self.entered.upgrade(self.path(), patience).map_err(refused)?;
        let upgraded = match &self.lease {
            Lease::Own(held) => held.upgrade(self.place.nested(), patience),
            Lease::Joined(joined, mode) if joined.mode() == Mode::Exclusive => {
                mode.set(Mode::Exclusive);
                Ok(())
            }
            Lease::Joined(..) => Err(GaveUp::WouldNeverEnd(Box::new(Endless::Inherited))),
            Lease::Over => Ok(()),
        };
        if let Err(why) = &upgraded {
            self.is_lost.set(matches!(why, GaveUp::Lost));
            self.entered.downgrade();
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
            Lease::Over => {}
        }
        self.entered.downgrade();
        Ok(())
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        remove(self.entered.front().number());
        match mem::replace(&mut self.lease, Lease::Over) {
            Lease::Own(held) if self.is_left.get() => held.close(),
            Lease::Own(held) => {
                if let Some(file) = held.release() {
                    self.place.give_back(file);
                }
            }
            _ => {}
        }
    }
}

type List = RefCell<ManuallyDrop<Vec<(u64, Weak<Taken>)>>>;

thread_local! {
    static MINE: List = const { RefCell::new(ManuallyDrop::new(Vec::new())) };
}

/// What the calling thread holds of this lock.
pub(super) fn find(front: u64) -> Option<Rc<Taken>> {
    MINE.with_borrow(|mine| mine.iter().find(|(number, _)| *number == front)?.1.upgrade())
}

/// Whether the calling thread holds any lock.
pub(super) fn holds_any() -> bool {
    MINE.with_borrow(|mine| !mine.is_empty())
}

pub(super) fn add(front: u64, taken: &Rc<Taken>) {
    MINE.with_borrow_mut(|mine| mine.push((front, Rc::downgrade(taken))));
}

pub(super) fn remove(front: u64) {
    MINE.with_borrow_mut(|mine| {
        mine.retain(|(number, _)| *number != front);
        if mine.is_empty() && mine.capacity() > 4 {
            drop(mem::take(&mut **mine));
        }
    });
}
