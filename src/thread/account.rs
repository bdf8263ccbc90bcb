//! How the lock uses the calling thread's account, and the questions that can be asked of a lock.
//!
//! A thread counts once in the shared [`RawLock`](super::raw::RawLock), as a reader or as a writer,
//! however many guards it has. So the raw lock is acquired before the first guard and changed only
//! when the last guard, or the last write guard, is dropped.

use std::fmt;

use super::LockError;
use super::guard::{ReadGuard, WriteGuard};
use super::holds::{self, Hold};
use super::preference::Preference;
use super::queue::Role;
use super::rwlock::ReaderWriterLock;

/// How a lock is held: the answer of [`ReaderWriterLock::owner`].
///
/// Python's fasteners: the constants `ReaderWriterLock.READER` and `ReaderWriterLock.WRITER`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// One or more threads read.
    Reader,
    /// One thread writes.
    Writer,
}

impl ReaderWriterLock {
    /// Whether the calling thread reads. A writer that also has a read guard does both.
    ///
    /// Python's fasteners: `is_reader()`.
    #[must_use]
    pub fn is_reader(&self) -> bool {
        self.hold().reads > 0
    }

    /// Whether the calling thread writes.
    ///
    /// Python's fasteners: `is_writer(check_pending=False)`. A thread that waits to write runs no
    /// code of its caller meanwhile.
    #[must_use]
    pub fn is_writer(&self) -> bool {
        self.hold().writes > 0
    }

    /// How the lock is held now, by any thread; `None` if it is free. A writer that reads as well
    /// counts as a writer.
    ///
    /// Unless the calling thread is a holder, the answer may be out of date when the call returns.
    ///
    /// Python's fasteners: the property `owner`, there `'w'`, `'r'` or `None`.
    ///
    /// ```
    /// use fasten::thread::{Owner, ReaderWriterLock};
    ///
    /// let lock = ReaderWriterLock::new();
    /// assert_eq!(lock.owner(), None);
    /// let _reading = lock.read();
    /// assert_eq!(lock.owner(), Some(Owner::Reader));
    /// ```
    #[must_use]
    pub fn owner(&self) -> Option<Owner> {
        self.raw.holder().map(|role| match role {
            Role::Reader => Owner::Reader,
            Role::Writer => Owner::Writer,
        })
    }

    /// Whether any thread waits to write. The answer may be out of date when the call returns.
    ///
    /// Python's fasteners: the property `has_pending_writers`.
    #[must_use]
    pub fn has_pending_writers(&self) -> bool {
        self.raw.queue().writers() > 0
    }

    /// Whether readers or writers go first when both wait, as chosen when the lock was created.
    #[must_use]
    pub fn preference(&self) -> Preference {
        self.raw.preference()
    }

    #[inline]
    pub(super) fn is_held(&self) -> bool {
        !self.hold().is_none()
    }

    /// Whether this thread already writes. An error if it reads and does not write: a writer waits
    /// for all readers, so it would wait for itself.
    #[inline]
    pub(super) fn may_write(&self) -> Result<bool, LockError> {
        match self.hold() {
            Hold { writes: 1.., .. } => Ok(true),
            Hold { reads: 0, .. } => Ok(false),
            Hold { .. } => Err(LockError::Deadlock),
        }
    }

    /// A guard of a thread that is a reader or a writer in the raw lock.
    ///
    /// It panics when the count would overflow. Then the thread has other guards, so the raw lock
    /// has not been acquired for this one and remains theirs.
    #[inline]
    pub(super) fn reading(&self) -> ReadGuard<'_> {
        holds::change(self.identity.number(), |hold| one_more(&mut hold.reads));
        ReadGuard::new(self)
    }

    /// A guard of a thread that is the writer in the raw lock. It panics as
    /// [`reading`](Self::reading) does.
    #[inline]
    pub(super) fn writing(&self) -> WriteGuard<'_> {
        holds::change(self.identity.number(), |hold| one_more(&mut hold.writes));
        WriteGuard::new(self)
    }

    #[inline]
    pub(super) fn release_read(&self) {
        let left = holds::change(self.identity.number(), |hold| hold.reads -= 1);
        // With a write guard left, the thread is a writer in the raw lock and was never a reader
        // there.
        if left.is_none() {
            self.raw.release_read();
        }
    }

    #[inline]
    pub(super) fn release_write(&self) {
        match holds::change(self.identity.number(), |hold| hold.writes -= 1) {
            // Another write guard is left.
            Hold { writes: 1.., .. } => {}
            Hold { reads: 0, .. } => self.raw.release_write(),
            // Read guards are left, which the raw lock has not counted so far.
            Hold { .. } => self.raw.downgrade(),
        }
    }

    #[inline]
    fn hold(&self) -> Hold {
        holds::get(self.identity.number())
    }
}

fn one_more(count: &mut u32) {
    *count =
        count.checked_add(1).expect("one thread holds no more than four thousand million guards of one lock");
}

impl Default for ReaderWriterLock {
    /// As [`new`](Self::new).
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ReaderWriterLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (readers, writers) = {
            let queue = self.raw.queue();
            (queue.readers(), queue.writers())
        };
        f.debug_struct("ReaderWriterLock")
            .field("preference", &self.preference())
            .field("owner", &self.owner())
            .field("pending_readers", &readers)
            .field("pending_writers", &writers)
            .finish_non_exhaustive()
    }
}
