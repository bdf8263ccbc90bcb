//! The lock itself: what the calling thread holds (`held`) in front of what the threads share (`RawLock`).
//!
//! Modelled on `fasteners.ReaderWriterLock`. Its one form of each operation waits for ever; try, timeout and deadline are ours.

use std::time::{Duration, Instant};

use super::Error;
use super::guard::{ReadGuard, WriteGuard};
use super::owner::Identity;
use super::preference::Preference;
use super::queue::{Queue, Role};
use super::raw::RawLock;
use super::sync::{AtomicUsize, Mutex};

/// A reader-writer lock between the threads of one process: many readers together, or one writer.
///
/// It is *reentrant*: a thread that holds the lock gets it again at once, a reader to read even while a writer waits, a writer
/// to read or to write. It can be *downgraded*, from writer to reader, and not upgraded: two readers that both waited to write
/// would wait for each other, so a reader that asks to write is refused. Who goes first is its [`Preference`].
///
/// It guards no data of its own; see [the module](super) for when to use what.
///
/// - **Panic**: a guard dropped by a panic releases. There is no poisoning: what the lock protects may be half changed.
/// - **Fork**: a forked child must not use the lock. The child is a copy with one thread, and a lock that another thread held
///   at that moment stays held in it for ever.
/// - **Thread exit**: a thread that ends while it holds the lock (a guard was forgotten) holds it for good.
///
/// Source in the seed: `fasteners.ReaderWriterLock`.
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
    /// Source in the seed: `ReaderWriterLock()`, whose writers go first; that is [`Preference::Writer`] here.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_preference(Preference::PhaseFair)
    }

    /// A free lock with the preference given.
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

    /// Takes the lock to read, and waits for it if need be.
    ///
    /// At once if this thread holds the lock already, as reader or writer.
    ///
    /// **Panic**: when this thread holds more than four thousand million guards of this lock.
    /// Source in the seed: `acquire_read_lock()` and `read_lock()`.
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
            self.raw.acquire(Role::Reader, None);
        }
        self.reading()
    }

    /// Takes the lock to read if that needs no waiting.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] when a writer holds the lock, or when somebody waits who goes first.
    ///
    /// ```
    /// use fasten::thread::{Error, ReaderWriterLock};
    ///
    /// let lock = ReaderWriterLock::new();
    /// let _writing = lock.write()?;
    /// std::thread::scope(|scope| {
    ///     scope.spawn(|| assert_eq!(lock.try_read().err(), Some(Error::Busy)));
    /// });
    /// # Ok::<(), Error>(())
    /// ```
    #[inline]
    pub fn try_read(&self) -> Result<ReadGuard<'_>, Error> {
        if self.is_held() || self.raw.try_acquire(Role::Reader) {
            Ok(self.reading())
        } else {
            Err(Error::Busy)
        }
    }

    /// Takes the lock to read, and waits for it at most this long.
    ///
    /// # Errors
    ///
    /// [`Error::TimedOut`]; the attempt then has left nothing behind.
    pub fn read_timeout(&self, timeout: Duration) -> Result<ReadGuard<'_>, Error> {
        self.read_before(Instant::now().checked_add(timeout))
    }

    /// Takes the lock to read, and waits for it at most until then.
    ///
    /// # Errors
    ///
    /// [`Error::TimedOut`]; the attempt then has left nothing behind.
    pub fn read_deadline(&self, deadline: Instant) -> Result<ReadGuard<'_>, Error> {
        self.read_before(Some(deadline))
    }

    /// Takes the lock to write, and waits for it if need be. Writers get it in the order in which they came.
    ///
    /// At once if this thread writes already.
    ///
    /// # Errors
    ///
    /// [`Error::Deadlock`], at once, when this thread reads and does not write: it would wait for itself.
    ///
    /// **Panic**: when this thread holds more than four thousand million guards of this lock.
    /// Source in the seed: `acquire_write_lock()` and `write_lock()`, which raise `RuntimeError` for a reader.
    ///
    /// ```
    /// use fasten::thread::{Error, ReaderWriterLock};
    ///
    /// let lock = ReaderWriterLock::new();
    /// {
    ///     let _writing = lock.write()?;
    ///     let _again = lock.write()?;
    ///     let _reading = lock.read();
    /// }
    /// let _reading = lock.read();
    /// assert_eq!(lock.write().err(), Some(Error::Deadlock));
    /// # Ok::<(), Error>(())
    /// ```
    #[inline]
    pub fn write(&self) -> Result<WriteGuard<'_>, Error> {
        if !self.may_write()? {
            self.raw.acquire(Role::Writer, None);
        }
        Ok(self.writing())
    }

    /// Takes the lock to write if that needs no waiting.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] when another thread holds the lock or waits for it, [`Error::Deadlock`] when this thread reads and
    /// does not write.
    #[inline]
    pub fn try_write(&self) -> Result<WriteGuard<'_>, Error> {
        if self.may_write()? || self.raw.try_acquire(Role::Writer) {
            Ok(self.writing())
        } else {
            Err(Error::Busy)
        }
    }

    /// Takes the lock to write, and waits for it at most this long.
    ///
    /// # Errors
    ///
    /// [`Error::TimedOut`]; the attempt then has left nothing behind, and readers that waited only for this writer are let in.
    /// [`Error::Deadlock`], at once, when this thread reads and does not write.
    ///
    /// ```
    /// use fasten::thread::{Error, ReaderWriterLock};
    /// use std::{thread, time::Duration};
    ///
    /// let lock = ReaderWriterLock::new();
    /// let _reading = lock.read();
    /// thread::scope(|scope| {
    ///     scope.spawn(|| {
    ///         let refused = lock.write_timeout(Duration::from_millis(10)).err();
    ///         assert_eq!(refused, Some(Error::TimedOut));
    ///     });
    /// });
    /// ```
    pub fn write_timeout(&self, timeout: Duration) -> Result<WriteGuard<'_>, Error> {
        self.write_before(Instant::now().checked_add(timeout))
    }

    /// Takes the lock to write, and waits for it at most until then.
    ///
    /// # Errors
    ///
    /// As [`write_timeout`](Self::write_timeout).
    pub fn write_deadline(&self, deadline: Instant) -> Result<WriteGuard<'_>, Error> {
        self.write_before(Some(deadline))
    }

    fn read_before(&self, deadline: Option<Instant>) -> Result<ReadGuard<'_>, Error> {
        if self.is_held() || self.raw.acquire(Role::Reader, deadline) {
            Ok(self.reading())
        } else {
            Err(Error::TimedOut)
        }
    }

    fn write_before(&self, deadline: Option<Instant>) -> Result<WriteGuard<'_>, Error> {
        if self.may_write()? || self.raw.acquire(Role::Writer, deadline) {
            Ok(self.writing())
        } else {
            Err(Error::TimedOut)
        }
    }
}
