//! The guards. Dropping the guard is the only way to release a lock.
//!
//! In Python's fasteners `release_read_lock` and `release_write_lock` raise an error in a thread
//! that does not hold the lock. Here such a call does not compile: a guard cannot leave its thread,
//! cannot be copied, and is consumed when it is dropped.

use std::fmt;
use std::marker::PhantomData;
use std::sync::MutexGuard;

use super::rwlock::ReaderWriterLock;

/// Makes a guard `Sync` and not `Send`, as the guard of the standard library is. It stores nothing.
type NotSend = PhantomData<MutexGuard<'static, ()>>;

/// A read lock. Dropping it releases the lock.
///
/// Python's fasteners: the context manager `read_lock()`, and `release_read_lock()`.
///
/// **Panic**: a panic that drops the guard releases the lock; there is no poisoning. **Forgotten**
/// ([`std::mem::forget`]): the lock is never released, not even when the thread exits. **Fork**:
/// see [`ReaderWriterLock`].
///
/// It cannot leave the thread that acquired it:
///
/// ```compile_fail,E0277
/// let lock = fasten::thread::ReaderWriterLock::new();
/// let guard = lock.read();
/// std::thread::scope(|scope| {
///     scope.spawn(move || drop(guard));
/// });
/// ```
#[must_use = "the lock is released as soon as the guard is dropped"]
pub struct ReadGuard<'a> {
    lock: &'a ReaderWriterLock,
    not_send: NotSend,
}

impl<'a> ReadGuard<'a> {
    pub(super) fn new(lock: &'a ReaderWriterLock) -> Self {
        Self { lock, not_send: PhantomData }
    }
}

impl Drop for ReadGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        self.lock.release_read();
    }
}

impl fmt::Debug for ReadGuard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadGuard").field("lock", self.lock).finish()
    }
}

/// A write lock. Dropping it releases the lock.
///
/// Python's fasteners: the context manager `write_lock()`, and `release_write_lock()`.
///
/// When a thread drops its last write guard while it still has a read guard of the same lock, it
/// becomes a reader: it keeps the lock, no other thread writes in between, and other readers are
/// admitted.
///
/// **Panic**: a panic that drops the guard releases the lock; there is no poisoning. **Forgotten**
/// ([`std::mem::forget`]): the lock is never released, not even when the thread exits. **Fork**:
/// see [`ReaderWriterLock`].
///
/// It cannot leave the thread that acquired it:
///
/// ```compile_fail,E0277
/// let lock = fasten::thread::ReaderWriterLock::new();
/// let guard = lock.write().unwrap();
/// std::thread::scope(|scope| {
///     scope.spawn(move || drop(guard));
/// });
/// ```
#[must_use = "the lock is released as soon as the guard is dropped"]
pub struct WriteGuard<'a> {
    lock: &'a ReaderWriterLock,
    not_send: NotSend,
}

impl<'a> WriteGuard<'a> {
    pub(super) fn new(lock: &'a ReaderWriterLock) -> Self {
        Self { lock, not_send: PhantomData }
    }

    /// Turns the write lock into a read lock, with no other writer in between. Never waits and
    /// never fails.
    ///
    /// If the thread has another write guard of the same lock, it remains a writer until that one
    /// is dropped.
    ///
    /// Python's fasteners: entering `read_lock` inside `write_lock` and leaving the outer one
    /// first.
    ///
    /// ```
    /// use fasten::thread::ReaderWriterLock;
    ///
    /// let lock = ReaderWriterLock::new();
    /// let write = lock.write()?;
    /// let read = write.downgrade();
    /// assert!(lock.is_reader() && !lock.is_writer());
    /// # drop(read);
    /// # Ok::<(), fasten::thread::LockError>(())
    /// ```
    pub fn downgrade(self) -> ReadGuard<'a> {
        // Acquired before `self` is dropped, so that the thread's account never becomes empty.
        self.lock.read()
    }
}

impl Drop for WriteGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        self.lock.release_write();
    }
}

impl fmt::Debug for WriteGuard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteGuard").field("lock", self.lock).finish()
    }
}
