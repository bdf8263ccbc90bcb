//! A lock's dealings with the calling thread's account, and the questions that the account answers.

use std::fmt;
use std::thread;

use super::Error;
use super::guard::{ReadGuard, WriteGuard};
use super::holds::{self, Hold};
use super::owner::Owner;
use super::preference::Preference;
use super::queue::Role;
use super::rwlock::ReaderWriterLock;

impl ReaderWriterLock {
    /// Whether the calling thread reads. A writer that also took the lock to read does both.
    ///
    /// Source in the seed: `is_reader()`.
    #[must_use]
    pub fn is_reader(&self) -> bool {
        self.hold().reads > 0
    }

    /// Whether the calling thread writes or, with `check_pending`, waits to write.
    ///
    /// A thread that waits runs no code of its caller's, so in Rust both answers are nearly always the same; the seed's
    /// parameter is kept, and its default there is `true`.
    ///
    /// Source in the seed: `is_writer(check_pending=True)`.
    #[must_use]
    pub fn is_writer(&self, check_pending: bool) -> bool {
        self.hold().writes > 0 || check_pending && self.raw.queue().is_pending_writer(thread::current().id())
    }

    /// How the lock is held now, by whichever thread. A writer that reads as well counts as a writer.
    ///
    /// Unless the calling thread is the holder, the answer may be out of date as soon as it is given.
    ///
    /// Source in the seed: the property `owner`, there `'w'`, `'r'` or `None`.
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

    /// Whether any thread waits to write. The answer may be out of date as soon as it is given.
    ///
    /// Source in the seed: the property `has_pending_writers`.
    #[must_use]
    pub fn has_pending_writers(&self) -> bool {
        self.raw.queue().writers() > 0
    }

    /// Who goes first when readers and writers both wait, as chosen when the lock was made.
    #[must_use]
    pub fn preference(&self) -> Preference {
        self.raw.preference()
    }

    #[inline]
    pub(super) fn is_held(&self) -> bool {
        !self.hold().is_none()
    }

    /// Whether this thread writes already; an error when it never could.
    #[inline]
    pub(super) fn may_write(&self) -> Result<bool, Error> {
        match self.hold() {
            Hold { writes: 1.., .. } => Ok(true),
            Hold { reads: 0, .. } => Ok(false),
            Hold { .. } => Err(Error::Deadlock),
        }
    }

    #[inline]
    pub(super) fn reading(&self) -> ReadGuard<'_> {
        holds::change(self.identity.number(), |hold| one_more(&mut hold.reads));
        ReadGuard::new(self)
    }

    #[inline]
    pub(super) fn writing(&self) -> WriteGuard<'_> {
        holds::change(self.identity.number(), |hold| one_more(&mut hold.writes));
        WriteGuard::new(self)
    }

    #[inline]
    pub(super) fn release_read(&self) {
        let left = holds::change(self.identity.number(), |hold| hold.reads -= 1);
        if left.is_none() {
            self.raw.release_read();
        }
    }

    #[inline]
    pub(super) fn release_write(&self) {
        match holds::change(self.identity.number(), |hold| hold.writes -= 1) {
            Hold { writes: 1.., .. } => {}
            Hold { reads: 0, .. } => self.raw.release_write(),
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::thread::waiter::Waiter;

    #[test]
    fn a_thread_in_line_to_write_is_a_writer_if_pending_ones_count() {
        let lock = ReaderWriterLock::new();
        let waiter = Arc::new(Waiter::new());
        lock.raw.queue().push(Role::Reader, Arc::clone(&waiter));
        assert!(!lock.is_writer(true));
        lock.raw.queue().push(Role::Writer, Arc::clone(&waiter));
        assert!(lock.is_writer(true) && !lock.is_writer(false));
        assert!(lock.has_pending_writers());
    }
}
