//! One lock that a thread has taken; all its guards of that lock share it.

use std::cell::Cell;
use std::mem;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use super::file_pool::Place;
use super::held_by_thread;
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
        held_by_thread::add(number, &taken);
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
        held_by_thread::remove(self.entered.front().number());
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
