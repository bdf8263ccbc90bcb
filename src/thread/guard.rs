//! What is held, as values: a lock is released by dropping the guard and in no other way.
//!
//! The seed's `release_read_lock` and `release_write_lock` raise an error in the wrong hands. Here the wrong hands cannot
//! call them: a guard cannot leave its thread, cannot be copied, and is gone once it is dropped.

use std::fmt;
use std::marker::PhantomData;
use std::sync::MutexGuard;

use super::rwlock::ReaderWriterLock;

/// The standard library's guard is `Sync` and not `Send`, which is what ours must be; nothing of it is stored.
type NotSend = PhantomData<MutexGuard<'static, ()>>;

/// A read lock, held until this is dropped.
///
/// Source in the seed: the context manager `read_lock()`, and `release_read_lock()`.
///
/// **Panic**: a guard dropped by a panic releases like any other; there is no poisoning. **Forgotten**
/// ([`std::mem::forget`]): the lock stays held for good, also after the thread has ended. **Fork**: see
/// [`ReaderWriterLock`].
///
/// It stays in the thread that took it:
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

/// A write lock, held until this is dropped.
///
/// Source in the seed: the context manager `write_lock()`, and `release_write_lock()`.
///
/// When the last write guard of a thread goes while the thread still has a read guard of the same lock, the thread becomes a
/// reader: it keeps the lock, nobody writes in between, and other readers get in.
///
/// **Panic**: a guard dropped by a panic releases like any other; there is no poisoning. **Forgotten**
/// ([`std::mem::forget`]): the lock stays held for good, also after the thread has ended. **Fork**: see
/// [`ReaderWriterLock`].
///
/// It stays in the thread that took it:
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

    /// Gives up writing and goes on reading, with no other writer in between.
    ///
    /// With another write guard of the same lock in this thread, the thread stays a writer until that one is dropped.
    ///
    /// Never waits, never fails. Source in the seed: taking `read_lock` inside `write_lock` and leaving the outer one first.
    ///
    /// ```
    /// use fasten::thread::ReaderWriterLock;
    ///
    /// let lock = ReaderWriterLock::new();
    /// let write = lock.write()?;
    /// let read = write.downgrade();
    /// assert!(lock.is_reader() && !lock.is_writer(false));
    /// # drop(read);
    /// # Ok::<(), fasten::thread::Error>(())
    /// ```
    pub fn downgrade(self) -> ReadGuard<'a> {
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
