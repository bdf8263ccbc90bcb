//! Locks on a descriptor that the command got by its number, as from a shell.

use super::descriptor::DescriptorLock;
use super::options::LockOptions;
use crate::layout::Bytes;
use crate::lock::{self, DescriptorGuard, Error, Wait, plain};
use crate::mode::Mode;
use crate::sys::fd::ForeignDescriptor;

/// For the command, which gets a number and keeps its descriptor open.
#[doc(hidden)]
impl DescriptorLock<ForeignDescriptor> {
    /// A lock on this descriptor.
    #[must_use]
    pub fn of_foreign(file: ForeignDescriptor, options: LockOptions) -> Self {
        Self { file, descriptor: file.number(), options }
    }

    /// Acquires the lock in this mode, or converts the one that is held.
    ///
    /// # Errors
    ///
    /// All of [`Error`].
    pub fn lock(&self, mode: Mode, wait: Wait<'_>) -> Result<DescriptorGuard<'static>, Error> {
        self.acquire(mode, wait)
    }

    /// Releases the locks of both families that this descriptor holds.
    ///
    /// # Errors
    ///
    /// Those of [`DescriptorLock::unlock`] of a file.
    pub fn unlock_raw(&self) -> Result<(), Error> {
        lock::unlock(self.descriptor)
    }

    /// Acquires the lock with the system call alone, as flock(1) does: in no order, whether or not
    /// an ancestor holds it, and on anything that is open. The lock stays until it is unlocked, or
    /// until no process has the descriptor any more. A lock of the other mode that the descriptor
    /// holds is converted as the system call does it: a flock is released first, and is lost if the
    /// new one is refused.
    ///
    /// In the fcntl family the lock is on `length` bytes from byte `start` on. A length of 0 means
    /// up to the end of the file, however far it grows. In the flock family it is on the whole file.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`], [`Error::TimedOut`], [`Error::Cancelled`], and [`Error::System`] for every
    /// error of the system call, also if the number is not an open descriptor or the range is
    /// invalid.
    ///
    /// The idea is that of flock(1), which the command becomes when it is invoked as `flock`.
    pub fn lock_range_like_flock(
        &self,
        start: i64,
        length: i64,
        mode: Mode,
        wait: Wait<'_>,
    ) -> Result<(), Error> {
        let bytes = Bytes { first: start, count: length };
        plain::lock(self.descriptor, mode, self.options.family, bytes, wait)
    }

    /// Releases the lock of this family only, on anything that is open; in the fcntl family on
    /// these bytes only, see [`lock_range_like_flock`](Self::lock_range_like_flock). Succeeds if
    /// none is held.
    ///
    /// # Errors
    ///
    /// [`Error::System`], also if the number is not an open descriptor or the range is invalid.
    pub fn unlock_range_like_flock(&self, start: i64, length: i64) -> Result<(), Error> {
        plain::unlock(self.descriptor, self.options.family, Bytes { first: start, count: length })
    }
}
