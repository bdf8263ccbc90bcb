//! What the calling thread holds: the account that makes the lock reentrant.
//!
//! Each thread keeps a small table of the locks that it holds and how often. No other thread reads
//! it, so acquiring a lock again costs no atomic operation on the lock and never waits, not even
//! for a waiting writer. (Python's `fasteners.ReaderWriterLock` keeps a dictionary of its readers
//! under its one mutex.)
//!
//! The table identifies a lock by a number that is used once, not by its address: a lock may move,
//! and a new lock may have the address of an old one whose guard was forgotten. The table has no
//! destructor, so guards in other thread-locals can still be dropped while the thread exits; the
//! part on the heap is freed as soon as it is empty.

use std::cell::RefCell;
use std::mem::{self, ManuallyDrop};
use std::sync::{Mutex, OnceLock, PoisonError};

/// How many locks a thread can hold without an allocation.
const FEW: usize = 4;

static LAST: Mutex<u64> = Mutex::new(0);

/// The number of one lock. It is never zero, and no two locks have the same.
///
/// It is assigned when the lock is first used, so that a lock can be made in a `const` or a
/// `static`.
#[derive(Debug)]
pub struct Identity(OnceLock<u64>);

impl Identity {
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    pub fn number(&self) -> u64 {
        *self.0.get_or_init(|| {
            let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
            *last += 1;
            *last
        })
    }
}

/// How often the calling thread holds one lock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hold {
    pub reads: u32,
    pub writes: u32,
}

impl Hold {
    const NONE: Self = Self { reads: 0, writes: 0 };

    pub fn is_none(self) -> bool {
        self == Self::NONE
    }
}

/// One row of the table.
#[derive(Clone, Copy)]
struct HoldRow {
    lock: u64,
    hold: Hold,
}

impl HoldRow {
    /// Zero is the number of no lock.
    const UNUSED: Self = Self { lock: 0, hold: Hold::NONE };
}

/// The rows in `few` come first, then those in `more`.
struct HoldTable {
    few: [HoldRow; FEW],
    more: ManuallyDrop<Vec<HoldRow>>,
}

thread_local! {
    static TABLE: RefCell<HoldTable> = const {
        RefCell::new(HoldTable {
            few: [HoldRow::UNUSED; FEW],
            more: ManuallyDrop::new(Vec::new()),
        })
    };
}

/// What the calling thread holds of this lock.
pub fn get(lock: u64) -> Hold {
    TABLE.with_borrow_mut(|table| match table.position(lock) {
        Some(at) => table.entry(at).hold,
        None => Hold::NONE,
    })
}

/// Changes what the calling thread holds of this lock, and returns the result. If `change` panics,
/// nothing has changed.
pub fn change(lock: u64, change: impl FnOnce(&mut Hold)) -> Hold {
    TABLE.with_borrow_mut(|table| {
        let at = match table.position(lock) {
            Some(at) => at,
            None => table.vacancy(),
        };
        let entry = table.entry(at);
        change(&mut entry.hold);
        let hold = entry.hold;
        if hold.is_none() {
            *entry = HoldRow::UNUSED;
            table.shrink();
        } else {
            entry.lock = lock;
        }
        hold
    })
}

impl HoldTable {
    fn entry(&mut self, at: usize) -> &mut HoldRow {
        match at.checked_sub(FEW) {
            None => &mut self.few[at],
            Some(at) => &mut self.more[at],
        }
    }

    fn position(&self, lock: u64) -> Option<usize> {
        let mut entries = self.few.iter().chain(self.more.iter());
        entries.position(|entry| entry.lock == lock)
    }

    /// An unused row, appended if need be.
    fn vacancy(&mut self) -> usize {
        self.position(HoldRow::UNUSED.lock).unwrap_or_else(|| {
            self.more.push(HoldRow::UNUSED);
            FEW + self.more.len() - 1
        })
    }

    /// Frees what is unused at the end. There is no destructor to do it when the thread exits.
    fn shrink(&mut self) {
        while self.more.last().is_some_and(|entry| entry.lock == HoldRow::UNUSED.lock) {
            self.more.pop();
        }
        if self.more.is_empty() && self.more.capacity() > 0 {
            drop(mem::take(&mut *self.more));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overflow() -> usize {
        TABLE.with_borrow(|table| table.more.capacity())
    }

    #[test]
    fn a_lock_that_was_never_taken_is_not_held() {
        assert_eq!(get(1), Hold::NONE);
    }

    #[test]
    fn many_locks_are_told_apart_and_leave_nothing_on_the_heap() {
        for lock in 1..=50 {
            change(lock, |hold| hold.reads += u32::try_from(lock).unwrap());
        }
        assert!(overflow() > 0);
        for lock in (1..=50).rev().step_by(2).chain((1..=50).step_by(2)) {
            assert_eq!(u64::from(get(lock).reads), lock);
            change(lock, |hold| hold.reads = 0);
            assert_eq!(get(lock), Hold::NONE);
        }
        assert_eq!(overflow(), 0);
    }

    #[test]
    fn another_thread_has_an_account_of_its_own() {
        change(1, |hold| hold.writes += 1);
        std::thread::spawn(|| assert_eq!(get(1), Hold::NONE)).join().unwrap();
        assert_eq!(get(1).writes, 1);
    }
}
