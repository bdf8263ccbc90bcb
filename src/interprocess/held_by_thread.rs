//! What the calling thread holds: so that it does not wait for itself.
//!
//! Guards stay in their thread, so nobody else has to be asked. The list has no destructor: guards that other thread-locals
//! keep can still be dropped while the thread ends.

use std::cell::RefCell;
use std::mem::{self, ManuallyDrop};
use std::rc::{Rc, Weak};

use super::held_lock::Taken;

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
