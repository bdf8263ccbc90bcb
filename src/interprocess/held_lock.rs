//! One lock that a thread has acquired. All guards of this lock in this thread share it.
//!
//! Each thread has a list of the locks that it holds, so that it never waits for itself. Guards
//! cannot leave their thread, so the list needs no mutex. It has no destructor: guards in other
//! thread-local variables can still be dropped while the thread ends.

use std::cell::RefCell;
use std::mem::{self, ManuallyDrop};
use std::rc::{Rc, Weak};

use super::lease::Lease;
use crate::lock::{Deadlock, Nested, WaitError, WaitState};
use crate::mode::Mode;

/// A lock that is held until this is dropped. It leaves the thread's list before it is released.
#[derive(Debug)]
pub(super) struct HeldLock {
    /// `None` for slots, which belong to their guard and not to the thread.
    entry: Option<Entry>,
    pub(super) lease: Lease,
}

/// The entry of a lock in the thread's list, by the number of the lock's queue.
#[derive(Debug)]
struct Entry(u64);

/// What to do when a thread requests a lock that it already holds.
#[derive(Debug)]
pub(super) enum Reentry {
    /// Share the lock that is held: its mode is strong enough.
    Shares,
    /// Fail, because the thread would wait for itself.
    Refused(WaitError),
}

impl HeldLock {
    /// Also adds the lock to the calling thread's list, if it belongs there.
    pub(super) fn new(lease: Lease) -> Rc<Self> {
        let number = lease.queue_number();
        let entry = (!lease.is_for_slots()).then_some(Entry(number));
        let held = Rc::new(Self { entry, lease });
        if held.entry.is_some() {
            HELD_BY_THREAD.with_borrow_mut(|list| list.push((number, Rc::downgrade(&held))));
        }
        held
    }

    /// Takes the lock out of the thread's list, for a guard that belongs to no thread; gives it
    /// back if this thread has other guards of it.
    pub(super) fn leave_thread(self: Rc<Self>) -> Result<Lease, Rc<Self>> {
        let Self { entry, mut lease } = Rc::try_unwrap(self)?;
        drop(entry);
        lease.leave_thread();
        Ok(lease)
    }

    /// Decides about a second request of the holding thread. A reader may always read again;
    /// everything else that the held mode covers needs [`Nested::Join`].
    pub(super) fn reentry(&self, wanted: Mode, nested: Nested, wait_state: &WaitState) -> Reentry {
        let held = self.lease.mode();
        let is_enough = held == Mode::Exclusive || wanted == Mode::Shared;
        match (held, nested) {
            (Mode::Shared, _) | (_, Nested::Join) if is_enough => Reentry::Shares,
            _ => Reentry::Refused(self.would_wait_for_itself(wait_state)),
        }
    }

    /// Why the holding thread must not wait for the lock.
    pub(super) fn would_wait_for_itself(&self, wait_state: &WaitState) -> WaitError {
        if !wait_state.may_wait() {
            return WaitError::Busy;
        }
        WaitError::Deadlock(Box::new(Deadlock::HeldByThisThread(self.lease.mode())))
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

impl Drop for Entry {
    /// Frees the memory of an empty list that was long, because nothing else does.
    fn drop(&mut self) {
        HELD_BY_THREAD.with_borrow_mut(|list| {
            list.retain(|(number, _)| *number != self.0);
            if list.is_empty() && list.capacity() > 4 {
                drop(mem::take(&mut **list));
            }
        });
    }
}
