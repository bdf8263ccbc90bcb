//! The lock between threads: one atomic word, and a queue of waiting threads.
//!
//! While no thread waits, a thread acquires and releases the lock with one atomic operation on the
//! word. These fast paths are in this file. A thread that has to wait, and a release that may have
//! to admit waiters, takes a slow path in `line.rs`.
//!
//! The lock does not know which thread holds it and is not reentrant: `holds.rs` counts how often a
//! thread holds the lock, and here such a thread counts once.
//!
//! # The word
//!
//! | word, without `QUEUED` | meaning |
//! | --- | --- |
//! | `FREE` | no thread holds the lock |
//! | `WRITER` | one thread writes; the reader count is zero |
//! | `n * READER` | `n` threads read |
//!
//! # Orderings
//!
//! The word is only ever changed by read-modify-write operations. This matters twice:
//!
//! - Such an operation sees the latest value. A plain load may see an old one, so every load here
//!   is `Relaxed` and only a guess, which a compare-exchange confirms or corrects.
//! - It continues the release sequences of the value that it replaces. So an `Acquire` synchronizes
//!   with every `Release` before it in the modification order, whatever operations, even `Relaxed`
//!   ones, came in between: a writer that finds the lock free synchronizes with each of the readers
//!   that released it, not only with the last one.
//!
//! Acquiring is `Acquire` and releasing is `Release`, so that what one holder did happens before
//! what the next one does. A failed compare-exchange is `Relaxed`, since nothing has been acquired
//! or released yet. That a waiter is not forgotten depends on no ordering but on the modification
//! order of the word; see `line.rs`.

use super::preference::Preference;
use super::queue::{Queue, Role};
use super::sync::{Arc, AtomicUsize, Instant, Mutex, MutexGuard, Ordering, PoisonError};
use super::waiter::QueuedThread;

/// No thread holds the lock or waits for it.
pub const FREE: usize = 0;
/// A thread holds the lock to write. The reader count is then zero.
pub const WRITER: usize = 0b1;
/// A thread waits in the queue, or is about to enter it. While this is set, no release may forget
/// the queue, and no thread acquires the lock outside the queue, except a reader with
/// `Preference::Reader` and a lone reader that becomes the writer. Only the code that holds the
/// queue's mutex clears it.
pub const QUEUED: usize = 0b10;
/// One reader. The bits from here on count the readers; their number is that of the threads at
/// most, which cannot overflow it.
pub const READER: usize = 0b100;

/// The result of an upgrade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upgrade {
    /// The reader is the writer now.
    Done,
    /// Another reader waits for an upgrade: each would wait for the other to release.
    Refused,
    /// The deadline passed or the wait was cancelled. The thread is still a reader.
    GaveUp,
}

/// A reader-writer lock that does not record which thread holds it.
#[derive(Debug)]
pub struct RawLock {
    preference: Preference,
    pub(super) word: AtomicUsize,
    queue: Mutex<Queue>,
}

impl RawLock {
    /// A free lock. `word` must be zero and `queue` empty; they are arguments because loom's types
    /// have no `const` constructor.
    pub const fn new(preference: Preference, word: AtomicUsize, queue: Mutex<Queue>) -> Self {
        Self { preference, word, queue }
    }

    pub fn preference(&self) -> Preference {
        self.preference
    }

    /// How the lock is held now.
    ///
    /// For the caller that holds the lock, the answer is exact: it sees its own acquisition, and no
    /// other thread changes the role of a holder. For any other caller it is a snapshot. `Relaxed`
    /// suffices for both, since the caller reads nothing that the lock protects because of it.
    pub fn holder(&self) -> Option<Role> {
        match self.word.load(Ordering::Relaxed) {
            word if word & WRITER != 0 => Some(Role::Writer),
            READER.. => Some(Role::Reader),
            _ => None,
        }
    }

    /// How many threads read. A snapshot, as in [`holder`](Self::holder).
    pub fn readers(&self) -> usize {
        self.word.load(Ordering::Relaxed) / READER
    }

    /// The waiting threads. They do not change while the caller keeps this.
    ///
    /// Poison is ignored: no code of a caller runs under this mutex, and each change of the queue
    /// is one operation of a collection.
    pub fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Acquires the lock if that needs no waiting.
    #[inline]
    pub fn try_acquire(&self, role: Role) -> bool {
        let mut word = self.word.load(Ordering::Relaxed);
        // A weak compare-exchange may fail without a reason, which costs another turn of the loop.
        // The loop ends: either it succeeds, or another thread has changed the word.
        while let Some(entered) = self.enter(word, role) {
            // Acquire pairs with the Release of each earlier holder: in `release_read`, in `leave`,
            // or in `admit` on the slow path. With Relaxed, this thread could see what the lock
            // protects as it was before those holders changed it, and the stores of a writer could
            // come before the last loads of a reader.
            match self.word.compare_exchange_weak(word, entered, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => word = now,
            }
        }
        false
    }

    /// Acquires the lock, waiting until the deadline at most. Without a deadline it always
    /// succeeds.
    #[inline]
    pub fn acquire(&self, role: Role, deadline: Option<Instant>) -> bool {
        self.try_acquire(role) || self.acquire_slow(role, deadline)
    }

    /// As [`acquire`](Self::acquire), and calls `on_wait` with the waiter before it waits, so that
    /// another thread can cancel the wait.
    pub fn acquire_with(
        &self,
        role: Role,
        deadline: Option<Instant>,
        on_wait: impl FnOnce(&Arc<QueuedThread>),
    ) -> bool {
        self.try_acquire(role) || self.wait_in_line(role, deadline, on_wait)
    }

    /// Releases the lock of one reader.
    #[inline]
    pub fn release_read(&self) {
        // Release pairs with the Acquire of the next writer: this reader's loads happen before that
        // writer's stores. With Relaxed they could be delayed past them.
        //
        // The reader leaves before it takes the mutex. In between, the lock may be free although a
        // thread waits; `admit` then works on the word as it is by that time.
        let before = self.word.fetch_sub(READER, Ordering::Release);
        // Fewer than three readers before, so one or none is left. The last reader admits the next
        // waiters. The last but one has to look as well: the one that is left may wait for its
        // upgrade, and no other release will come. While more than one is left, no waiter's turn
        // can come.
        if before & QUEUED != 0 && before < 3 * READER {
            self.release_read_slow();
        }
    }

    /// Makes the caller, a reader, the writer if there is no other reader.
    ///
    /// It overtakes the queue: the caller holds the lock, so no waiter can be admitted to write
    /// before it. `QUEUED` stays as it is, and the release of the new writer will see it.
    pub fn try_upgrade(&self) -> bool {
        let mut word = self.word.load(Ordering::Relaxed);
        while word & !QUEUED == READER {
            let upgraded = word - READER + WRITER;
            // Acquire pairs with the Release of the readers that have left since this one entered.
            match self.word.compare_exchange_weak(word, upgraded, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => word = now,
            }
        }
        false
    }

    /// Makes the caller, a reader, the writer, with no other writer in between. Waits until the
    /// deadline at most for the other readers to release. Unless it is done, the caller remains a
    /// reader.
    pub fn upgrade(&self, deadline: Option<Instant>, on_wait: impl FnOnce(&Arc<QueuedThread>)) -> Upgrade {
        if self.try_upgrade() { Upgrade::Done } else { self.upgrade_slow(deadline, on_wait) }
    }

    /// Releases the lock of the writer.
    #[inline]
    pub fn release_write(&self) {
        self.leave(FREE);
    }

    /// Makes the writer a reader, with no other writer in between.
    #[inline]
    pub fn downgrade(&self) {
        self.leave(READER);
    }

    /// The writer leaves, and `keeps` is what it leaves in the word of its own: `FREE` or one
    /// `READER`.
    #[inline]
    fn leave(&self, keeps: usize) {
        // Unlike a reader, a writer with waiters does not change the word here. It remains the
        // writer until `admit` replaces it by the next holders, so that no running thread gets in
        // between: the waiters keep their turn. A fetch_sub would lose that.
        //
        // Release pairs with the Acquire of the next holder and publishes what this writer did. The
        // failure needs no ordering: `admit` then releases. Strong, since a spurious failure would
        // cost a needless visit to the mutex.
        let alone = self.word.compare_exchange(WRITER, keeps, Ordering::Release, Ordering::Relaxed);
        if alone.is_err() {
            self.release_write_slow(keeps);
        }
    }

    /// The word after one more thread has acquired the lock without waiting, or `None` if it has to
    /// wait.
    #[inline]
    fn enter(&self, word: usize, role: Role) -> Option<usize> {
        match (role, self.preference) {
            // A writer needs the word to be FREE, without QUEUED: it never overtakes a waiter.
            (Role::Writer, _) => (word == FREE).then_some(WRITER),
            // This reader overtakes waiting writers. `word + READER` keeps QUEUED for them.
            (Role::Reader, Preference::Reader) => (word & WRITER == 0).then_some(word + READER),
            // With QUEUED a writer waits, an upgrade does, or readers wait for either of them. A
            // new reader joins the queue, and so a stream of readers cannot keep a writer out.
            (Role::Reader, Preference::PhaseFair | Preference::Writer) => {
                (word & (WRITER | QUEUED) == 0).then_some(word + READER)
            }
        }
    }
}
