//! What the calling thread holds: the account that makes the lock reentrant.
//!
//! Each thread keeps a small table of the locks that it holds and how often. Nobody else looks at it, so taking a lock again
//! costs no atomic operation and never waits, not even behind a waiting writer. (The seed keeps one dictionary of readers in
//! the lock, under the lock's one mutex.)
//!
//! Locks are told apart by a number that is given out once, not by address: a lock may move, and a new lock may stand where an
//! old one stood whose guard was forgotten. The table has no destructor, so guards in other thread-locals can still be dropped
//! while the thread ends; the part on the heap is freed as soon as it is empty.

use std::cell::RefCell;
use std::mem::{self, ManuallyDrop};

const FEW: usize = 4;

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

#[derive(Clone, Copy)]
struct Entry {
    lock: u64,
    hold: Hold,
}

impl Entry {
    const UNUSED: Self = Self { lock: 0, hold: Hold::NONE };
}

struct Table {
    few: [Entry; FEW],
    more: ManuallyDrop<Vec<Entry>>,
}

thread_local! {
    static TABLE: RefCell<Table> = const {
        RefCell::new(Table {
            few: [Entry::UNUSED; FEW],
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

/// Changes what the calling thread holds of this lock: what it holds then.
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
            *entry = Entry::UNUSED;
            table.shrink();
        } else {
            entry.lock = lock;
        }
        hold
    })
}

impl Table {
    fn entry(&mut self, at: usize) -> &mut Entry {
        match at.checked_sub(FEW) {
            None => &mut self.few[at],
            Some(at) => &mut self.more[at],
        }
    }

    fn position(&self, lock: u64) -> Option<usize> {
        let mut entries = self.few.iter().chain(self.more.iter());
        entries.position(|entry| entry.lock == lock)
    }

    fn vacancy(&mut self) -> usize {
        self.position(Entry::UNUSED.lock).unwrap_or_else(|| {
            self.more.push(Entry::UNUSED);
            FEW + self.more.len() - 1
        })
    }

    fn shrink(&mut self) {
        while self.more.last().is_some_and(|entry| entry.lock == Entry::UNUSED.lock) {
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
