//! Locks on a descriptor that the caller has opened: for programs that get its number, as from a
//! shell.

use std::os::fd::RawFd;

use super::held_lock::{self, Reentry};
use super::obtain::obtain;
use super::options::LockOptions;
use super::thread_queue::ThreadQueue;
use crate::holders::{OwnLock, held_through};
use crate::layout::Bytes;
use crate::lock::{
    self, Acquired, DescriptorGuard, Error, Found, LockFile, Request, Threads, Wait, WaitError, WaitState,
    plain,
};
use crate::mode::Mode;

/// A lock on a file that is already open, named by the number of its descriptor.
///
/// The lock belongs to the open file description: all processes that inherited the descriptor share
/// it, and it outlives this value and this process. A lock that the descriptor already holds is
/// converted: to exclusive as soon as the other readers have released theirs, or to shared. Threads
/// that use one descriptor do not exclude each other.
///
/// Where the current lock of a descriptor cannot be seen (without /proc, on systems other than
/// Linux, on file systems that keep locks in a server), a second open file of the same file is used
/// to find out as much as possible. An exclusive request that could lose a shared lock is then
/// refused with [`Error::CannotUpgrade`].
///
/// [`LockOptions::create`] and [`LockOptions::permissions`] have no effect here.
///
/// - **Panic**: a [`DescriptorGuard`] that a panic drops releases the lock.
/// - **Crash**: the lock stays for as long as any process has the descriptor.
/// - **Fork**: a forked child has the descriptor, and with it the lock. Its copies of guards
///   release nothing.
///
/// The idea is that of flock(1) with a descriptor: `exec 9>>lock; flock 9`.
///
/// ```
/// # let path = std::env::temp_dir().join(format!("descriptor-{}", std::process::id()));
/// use fasten::{DescriptorLock, Mode, Wait};
/// use std::fs::File;
/// use std::os::fd::AsRawFd;
///
/// let file = File::create(&path).unwrap();
/// let lock = DescriptorLock::new(file.as_raw_fd());
/// lock.lock(Mode::Exclusive, Wait::never())?.detach();
/// lock.unlock()?;
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), fasten::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct DescriptorLock {
    descriptor: RawFd,
    options: LockOptions,
}

impl DescriptorLock {
    /// A lock on the file of this descriptor, with the [default options](LockOptions::new). Makes no
    /// system call.
    #[must_use]
    pub fn new(descriptor: RawFd) -> Self {
        Self::with_options(descriptor, LockOptions::new())
    }

    /// A lock on the file of this descriptor. Makes no system call.
    #[must_use]
    pub fn with_options(descriptor: RawFd, options: LockOptions) -> Self {
        Self { descriptor, options }
    }

    /// Acquires the lock in this mode, or converts the one that is held, and waits as `wait` says.
    ///
    /// Dropping the guard restores what was held before; [`DescriptorGuard::detach`] leaves the
    /// lock on the descriptor. An exclusive request with
    /// [`Preference::Reader`](crate::Preference::Reader) takes no part in the order of readers and
    /// writers: it makes the lock a plain mutex, first come, first served.
    ///
    /// # Errors
    ///
    /// All of [`Error`]. What was held before is still held, except after [`Error::Lost`].
    pub fn lock(&self, mode: Mode, wait: Wait<'_>) -> Result<DescriptorGuard, Error> {
        let LockOptions { family, preference, nested, .. } = self.options;
        let request =
            Request { mode, order: Some(preference), nested, threads: Threads::None, holds_others: true };
        let wait_state = WaitState::new(wait);
        let file = lock::opened(self.descriptor, family)?;
        match held_through(&file.file, family) {
            OwnLock::Held(held) => lock::convert(file, held, &request, &wait_state),
            OwnLock::Free => self.acquire(file, &request, &wait_state),
            OwnLock::Unknown => {
                let path = file.path.clone();
                match lock::probe(file, mode).map_err(|why| Error::refused(&path, why))? {
                    Found::Free(file) => self.acquire(file, &request, &wait_state),
                    Found::Taken(guard) => Ok(*guard),
                }
            }
        }
    }

    /// Acquires a lock on a descriptor that holds none. A thread's turn ends as soon as it has the
    /// lock, not when the lock is released: any process that has the descriptor may release it, and
    /// that cannot be seen here.
    fn acquire(
        &self,
        mut file: LockFile,
        request: &Request,
        wait_state: &WaitState,
    ) -> Result<DescriptorGuard, Error> {
        let path = file.path.clone();
        let refused = |why| Error::refused(&path, why);
        let queue = ThreadQueue::of((file.id, file.family), self.options.preference);
        if let Some(held) = held_lock::find(queue.number()) {
            match held.reentry(request.mode, request.nested, wait_state) {
                Reentry::Refused(why) => return Err(refused(why)),
                Reentry::Shares if held.mode() == Mode::Exclusive => return Ok(DescriptorGuard::new(None)),
                // Without a turn: this thread has one already, and would wait for itself.
                Reentry::Shares => {
                    let acquired = lock::acquire(file, request, wait_state);
                    return acquired.map(guard).map_err(|(_, why)| refused(why));
                }
            }
        }
        loop {
            let turn = queue.wait_for_turn(request.mode, &path, wait_state).map_err(refused)?;
            match obtain(file, request, &turn, wait_state) {
                Ok(acquired) => return Ok(guard(acquired)),
                Err((again, WaitError::YieldToUpgrade)) => file = again,
                Err((_, why)) => return Err(refused(why)),
            }
            drop(turn);
            wait_state.check_deadline().map_err(refused)?;
        }
    }

    /// Acquires the lock with the system call alone, as flock(1) does: in no order, whether or not
    /// an ancestor holds it, and on anything that is open. The lock stays until it is unlocked, or
    /// until no process has the descriptor any more. A lock of the other mode that the descriptor
    /// holds is converted as the system call does it: a flock is released first, and is lost if the
    /// new one is refused.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`], [`Error::TimedOut`], [`Error::Cancelled`], and [`Error::System`] for every
    /// error of the system call, also if the number is not an open descriptor.
    ///
    /// The idea is that of flock(1), which the command becomes when it is invoked as `flock`.
    pub fn lock_like_flock(&self, mode: Mode, wait: Wait<'_>) -> Result<(), Error> {
        self.lock_range_like_flock(0, 0, mode, wait)
    }

    /// The same as [`lock_like_flock`](Self::lock_like_flock), but in the fcntl family only for
    /// `length` bytes from byte `start` on. A length of 0 means up to the end of the file, however
    /// far it grows. In the flock family the lock is on the whole file.
    ///
    /// # Errors
    ///
    /// Those of [`lock_like_flock`](Self::lock_like_flock); [`Error::System`] also for an invalid
    /// range.
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

    /// Releases the lock of this family only, on anything that is open. Succeeds if none is held.
    ///
    /// # Errors
    ///
    /// [`Error::System`], also if the number is not an open descriptor.
    pub fn unlock_like_flock(&self) -> Result<(), Error> {
        self.unlock_range_like_flock(0, 0)
    }

    /// The same as [`unlock_like_flock`](Self::unlock_like_flock), but in the fcntl family only for
    /// these bytes; see [`lock_range_like_flock`](Self::lock_range_like_flock).
    ///
    /// # Errors
    ///
    /// Those of [`unlock_like_flock`](Self::unlock_like_flock); [`Error::System`] also for an
    /// invalid range.
    pub fn unlock_range_like_flock(&self, start: i64, length: i64) -> Result<(), Error> {
        plain::unlock(self.descriptor, self.options.family, Bytes { first: start, count: length })
    }

    /// Releases the locks of both families that this descriptor holds, for every process that
    /// inherited it. Succeeds if none is held.
    ///
    /// # Errors
    ///
    /// [`Error::CouldNotOpen`] if the number is not an open descriptor, or if what it refers to
    /// cannot be a lock; [`Error::System`].
    pub fn unlock(&self) -> Result<(), Error> {
        lock::unlock(self.descriptor)
    }
}

fn guard(acquired: Acquired) -> DescriptorGuard {
    match acquired {
        Acquired::Held(held) => DescriptorGuard::new(Some(held)),
        Acquired::Joined(_, joined) => DescriptorGuard::joined(joined),
    }
}
