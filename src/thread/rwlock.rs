//! The lock itself: the calling thread's account (`holds.rs`), and the lock that the threads share
//! (`raw.rs`).
//!
//! Each operation first asks the account, which needs no synchronization. Only a thread's first
//! acquisition and its last release go to the raw lock.
//!
//! It is modelled on Python's `fasteners.ReaderWriterLock`, which has one form of each operation,
//! without a time limit. The forms with `try`, a timeout and a deadline are ours.

use std::time::{Duration, Instant};

use super::LockError;
use super::guard::{ReadGuard, WriteGuard};
use super::holds::Identity;
use super::preference::Preference;
use super::queue::{Queue, Role};
use super::raw::RawLock;
use super::sync::{AtomicUsize, Mutex};

/// A reader-writer lock between the threads of one process: many readers together, or one writer.
///
/// It is *reentrant*: a thread that holds the lock acquires it again at once, a reader to read even
/// while a writer waits, a writer to read or to write. A writer can *downgrade* to a reader, but a
/// reader cannot upgrade: two readers that both waited to write would wait for each other, so a
/// reader that asks to write is refused. The [`Preference`] decides whether readers or writers go
/// first.
///
/// It contains no data; see [the module](super) for when to use what.
///
/// - **Panic**: a panic that drops a guard releases the lock. There is no poisoning: what the lock
///   protects may be half changed.
/// - **Fork**: a forked child must not use the lock. The child is a copy with one thread, and a
///   lock that another thread held at the time of the fork is never released in it.
/// - **Thread exit**: a thread that exits while it holds the lock (a guard was forgotten) never
///   releases it.
/// - **Crash**: the lock lives in the memory of the process and ends with it.
///
/// Python's fasteners: `ReaderWriterLock`.
///
/// ```
/// use fasten::thread::ReaderWriterLock;
///
/// static LOCK: ReaderWriterLock = ReaderWriterLock::new();
///
/// let outer = LOCK.read();
/// let inner = LOCK.read(); // reentrant: never waits
/// assert!(LOCK.is_reader());
/// # drop((outer, inner));
/// ```
pub struct ReaderWriterLock {
    pub(super) identity: Identity,
    pub(super) raw: RawLock,
}

impl ReaderWriterLock {
    /// A free lock that is phase-fair.
    ///
    /// Python's fasteners: `ReaderWriterLock()`, whose writers go first; that is
    /// [`Preference::Writer`] here.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_preference(Preference::PhaseFair)
    }

    /// A free lock with the given preference.
    ///
    /// ```
    /// use fasten::thread::{Preference, ReaderWriterLock};
    ///
    /// static SETTINGS: ReaderWriterLock = ReaderWriterLock::with_preference(Preference::Reader);
    /// ```
    #[must_use]
    pub const fn with_preference(preference: Preference) -> Self {
        Self {
            identity: Identity::new(),
            raw: RawLock::new(preference, AtomicUsize::new(0), Mutex::new(Queue::new())),
        }
    }

    /// Acquires the lock to read, and waits for it without a time limit.
    ///
    /// Never waits if this thread already holds the lock, as a reader or a writer.
    ///
    /// **Panic**: if this thread would have more than `u32::MAX` read guards of this lock.
    ///
    /// Python's fasteners: `acquire_read_lock()` and `read_lock()`.
    ///
    /// ```
    /// # let lock = fasten::thread::ReaderWriterLock::new();
    /// {
    ///     let _reading = lock.read();
    ///     // look at what the lock protects
    /// }
    /// assert!(!lock.is_reader());
    /// ```
    #[inline]
    pub fn read(&self) -> ReadGuard<'_> {
        if !self.is_held() {
            // Without a deadline and without a cancellation it can only succeed.
            self.raw.acquire(Role::Reader, None);
        }
        self.reading()
    }

    /// Acquires the lock to read if that needs no waiting.
    ///
    /// # Errors
    ///
    /// [`LockError::Busy`] if a writer holds the lock, or if another thread waits and goes first.
    ///
    /// ```
    /// use fasten::thread::{LockError, ReaderWriterLock};
    ///
    /// let lock = ReaderWriterLock::new();
    /// let _writing = lock.write()?;
    /// std::thread::scope(|scope| {
    ///     scope.spawn(|| assert_eq!(lock.try_read().err(), Some(LockError::Busy)));
    /// });
    /// # Ok::<(), LockError>(())
    /// ```
    #[inline]
    pub fn try_read(&self) -> Result<ReadGuard<'_>, LockError> {
        if self.is_held() || self.raw.try_acquire(Role::Reader) {
            Ok(self.reading())
        } else {
            Err(LockError::Busy)
        }
    }

    /// Acquires the lock to read, and waits for it at most `timeout`.
    ///
    /// # Errors
    ///
    /// [`LockError::TimedOut`]; the attempt then has no effect.
    pub fn read_timeout(&self, timeout: Duration) -> Result<ReadGuard<'_>, LockError> {
        self.read_before(Instant::now().checked_add(timeout))
    }

    /// Acquires the lock to read, and waits for it until `deadline` at most.
    ///
    /// # Errors
    ///
    /// [`LockError::TimedOut`]; the attempt then has no effect.
    pub fn read_deadline(&self, deadline: Instant) -> Result<ReadGuard<'_>, LockError> {
        self.read_before(Some(deadline))
    }

    /// Acquires the lock to write, and waits for it without a time limit. Writers acquire it in
    /// order of arrival.
    ///
    /// Never waits if this thread already writes.
    ///
    /// # Errors
    ///
    /// [`LockError::Deadlock`], without waiting, if this thread reads and does not write: it would wait
    /// for itself.
    ///
    /// **Panic**: if this thread would have more than `u32::MAX` write guards of this lock.
    ///
    /// Python's fasteners: `acquire_write_lock()` and `write_lock()`, which raise `RuntimeError`
    /// for a reader.
    ///
    /// ```
    /// use fasten::thread::{LockError, ReaderWriterLock};
    ///
    /// let lock = ReaderWriterLock::new();
    /// {
    ///     let _writing = lock.write()?;
    ///     let _again = lock.write()?;
    ///     let _reading = lock.read();
    /// }
    /// let _reading = lock.read();
    /// assert_eq!(lock.write().err(), Some(LockError::Deadlock));
    /// # Ok::<(), LockError>(())
    /// ```
    #[inline]
    pub fn write(&self) -> Result<WriteGuard<'_>, LockError> {
        if !self.may_write()? {
            // As in `read`, it can only succeed.
            self.raw.acquire(Role::Writer, None);
        }
        Ok(self.writing())
    }

    /// Acquires the lock to write if that needs no waiting.
    ///
    /// # Errors
    ///
    /// [`LockError::Busy`] if another thread holds the lock or waits for it, [`LockError::Deadlock`] if
    /// this thread reads and does not write.
    #[inline]
    pub fn try_write(&self) -> Result<WriteGuard<'_>, LockError> {
        if self.may_write()? || self.raw.try_acquire(Role::Writer) {
            Ok(self.writing())
        } else {
            Err(LockError::Busy)
        }
    }

    /// Acquires the lock to write, and waits for it at most `timeout`.
    ///
    /// # Errors
    ///
    /// [`LockError::TimedOut`]; the attempt then has no effect, and readers that waited only for this
    /// writer are admitted. [`LockError::Deadlock`], without waiting, if this thread reads and does not
    /// write.
    ///
    /// ```
    /// use fasten::thread::{LockError, ReaderWriterLock};
    /// use std::{thread, time::Duration};
    ///
    /// let lock = ReaderWriterLock::new();
    /// let _reading = lock.read();
    /// thread::scope(|scope| {
    ///     scope.spawn(|| {
    ///         let refused = lock.write_timeout(Duration::from_millis(10)).err();
    ///         assert_eq!(refused, Some(LockError::TimedOut));
    ///     });
    /// });
    /// ```
    pub fn write_timeout(&self, timeout: Duration) -> Result<WriteGuard<'_>, LockError> {
        self.write_before(Instant::now().checked_add(timeout))
    }

    /// Acquires the lock to write, and waits for it until `deadline` at most.
    ///
    /// # Errors
    ///
    /// The same as those of [`write_timeout`](Self::write_timeout).
    pub fn write_deadline(&self, deadline: Instant) -> Result<WriteGuard<'_>, LockError> {
        self.write_before(Some(deadline))
    }

    /// Without a deadline (the timeout exceeds what the clock can express) there is no time limit.
    fn read_before(&self, deadline: Option<Instant>) -> Result<ReadGuard<'_>, LockError> {
        if self.is_held() || self.raw.acquire(Role::Reader, deadline) {
            Ok(self.reading())
        } else {
            Err(LockError::TimedOut)
        }
    }

    fn write_before(&self, deadline: Option<Instant>) -> Result<WriteGuard<'_>, LockError> {
        if self.may_write()? || self.raw.acquire(Role::Writer, deadline) {
            Ok(self.writing())
        } else {
            Err(LockError::TimedOut)
        }
    }
}
