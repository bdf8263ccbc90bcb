//! The lock between threads: one atomic word in front of one queue.
//!
//! The word says whether a writer holds the lock, how many threads read, and whether anybody waits in line. While nobody does, a
//! thread comes and goes with one atomic operation on the word, and that is all of this file. Whoever cannot get in like
//! that, and whoever leaves when somebody has to be let in, goes on in `line`.
//!
//! Reentrancy is not known here: one thread counts once, see `held`.

use super::preference::Preference;
use super::queue::{Queue, Role};
use super::sync::{Arc, AtomicUsize, Instant, Mutex, MutexGuard, Ordering, PoisonError};
use super::waiter::Waiter;

pub const FREE: usize = 0;
pub const WRITER: usize = 0b1;
pub const QUEUED: usize = 0b10;
pub const READER: usize = 0b100;

/// What came of an upgrade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upgrade {
    Done,
    /// Another reader upgrades: each would wait for the other one.
    Refused,
    /// It took too long, or was called off.
    GaveUp,
}

/// A reader-writer lock that keeps no account of which thread holds it.
#[derive(Debug)]
pub struct RawLock {
    preference: Preference,
    pub(super) word: AtomicUsize,
    queue: Mutex<Queue>,
}

impl RawLock {
    /// Of a word that is zero and a queue that is empty. (loom's have no `const` constructor.)
    pub const fn new(preference: Preference, word: AtomicUsize, queue: Mutex<Queue>) -> Self {
        Self { preference, word, queue }
    }

    pub fn preference(&self) -> Preference {
        self.preference
    }

    /// How the lock is held now.
    pub fn holder(&self) -> Option<Role> {
        match self.word.load(Ordering::Relaxed) {
            word if word & WRITER != 0 => Some(Role::Writer),
            READER.. => Some(Role::Reader),
            _ => None,
        }
    }

    /// How many threads read.
    pub fn readers(&self) -> usize {
        self.word.load(Ordering::Relaxed) / READER
    }

    /// Those who wait; they do not change while this is held.
    pub fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the lock if that needs no waiting.
    #[inline]
    pub fn try_acquire(&self, role: Role) -> bool {
        let mut word = self.word.load(Ordering::Relaxed);
        while let Some(entered) = self.enter(word, role) {
            match self.word.compare_exchange_weak(word, entered, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => word = now,
            }
        }
        false
    }

    /// Takes the lock, and waits at most until the deadline: whether it was obtained.
    #[inline]
    pub fn acquire(&self, role: Role, deadline: Option<Instant>) -> bool {
        self.try_acquire(role) || self.wait_in_line(role, deadline)
    }

    /// The same, telling whoever might call the waiting off of the one who waits.
    pub fn acquire_told(
        &self,
        role: Role,
        deadline: Option<Instant>,
        told: impl FnOnce(&Arc<Waiter>),
    ) -> bool {
        self.try_acquire(role) || self.wait_in_line_told(role, deadline, told)
    }

    /// One reader less. The last one lets in who waits; so does the last but one, for the last may wait to write.
    #[inline]
    pub fn release_read(&self) {
        let before = self.word.fetch_sub(READER, Ordering::Release);
        if before & QUEUED != 0 && before < 3 * READER {
            self.reader_left();
        }
    }

    /// From reader to writer if there is no other reader.
    pub fn try_upgrade(&self) -> bool {
        let mut word = self.word.load(Ordering::Relaxed);
        while word & !QUEUED == READER {
            let upgraded = word - READER + WRITER;
            match self.word.compare_exchange_weak(word, upgraded, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => word = now,
            }
        }
        false
    }

    /// From reader to writer, with nobody writing in between; waits for the other readers at most until the deadline.
    /// Whatever comes of it, the lock is not lost.
    pub fn upgrade(&self, deadline: Option<Instant>, told: impl FnOnce(&Arc<Waiter>)) -> Upgrade {
        if self.try_upgrade() { Upgrade::Done } else { self.upgrade_in_line(deadline, told) }
    }

    /// The writer leaves.
    #[inline]
    pub fn release_write(&self) {
        self.leave(FREE);
    }

    /// The writer becomes a reader, with nobody writing in between.
    #[inline]
    pub fn downgrade(&self) {
        self.leave(READER);
    }

    #[inline]
    fn leave(&self, keeps: usize) {
        let alone = self.word.compare_exchange(WRITER, keeps, Ordering::Release, Ordering::Relaxed);
        if alone.is_err() {
            self.writer_leaves(keeps);
        }
    }

    /// What the word is when one more has entered without waiting; if it may.
    #[inline]
    fn enter(&self, word: usize, role: Role) -> Option<usize> {
        match (role, self.preference) {
            (Role::Writer, _) => (word == FREE).then_some(WRITER),
            (Role::Reader, Preference::Reader) => (word & WRITER == 0).then_some(word + READER),
            (Role::Reader, Preference::PhaseFair | Preference::Writer) => {
                (word & (WRITER | QUEUED) == 0).then_some(word + READER)
            }
        }
    }
}
