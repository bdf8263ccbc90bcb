//! Locks on a descriptor that somebody else has opened: for programs that are told its number, as shells do.

use std::os::fd::RawFd;

use super::held_lock;
use super::obtain::obtain;
use super::options::Options;
use super::reentry::{Reentry, reentry};
use super::thread_queue::ThreadQueue;
use crate::holders::{OwnLock, held_through};
use crate::layout::Bytes;
use crate::lock::{
    self, Acquired, DescriptorGuard, Error, Found, LockFile, Request, Threads, Wait, WaitError, WaitState,
    plain,
};
use crate::mode::Mode;

/// The lock on a file that is open already, by the number of its descriptor.
///
/// The lock is that of the open file description, so it is shared by all processes that have inherited the descriptor, and it
/// stays when this value, and its process, are gone. What is held already is converted: from shared to exclusive, when the other
/// readers are gone, or from exclusive to shared. Threads that use one descriptor are not excluded from each other.
///
/// Where it cannot be seen what is held already (without /proc, on systems other than Linux, on
/// file systems that keep locks in a server), a second open file of the same file tells it as far
/// as possible. An exclusive lock that could lose a shared one is then refused with
/// [`Error::CannotUpgrade`].
///
/// Options that are about creating files mean nothing here.
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
    options: Options,
}

impl DescriptorLock {
    /// The lock on what this descriptor leads to, with the [options](Options::new) that most want.
    #[must_use]
    pub fn new(descriptor: RawFd) -> Self {
        Self::with_options(descriptor, Options::new())
    }

    /// The lock on what this descriptor leads to.
    #[must_use]
    pub fn with_options(descriptor: RawFd, options: Options) -> Self {
        Self { descriptor, options }
    }

    /// Takes the lock, or converts it, and waits as it is told. An exclusive holder with
    /// [`Preference::Reader`](crate::Preference::Reader) is a plain mutex.
    ///
    /// # Errors
    ///
    /// Every [`Error`]. What was held before is held still, but for [`Error::Lost`].
    pub fn lock(&self, mode: Mode, waiting: Wait<'_>) -> Result<DescriptorGuard, Error> {
        let Options { family, preference, nested, .. } = self.options;
        let request =
            Request { mode, order: Some(preference), nested, threads: Threads::None, holds_others: true };
        let wait_state = WaitState::new(waiting);
        let file = lock::opened(self.descriptor, family)?;
        match held_through(&file.file, family) {
            OwnLock::Held(held) => lock::convert(file, held, &request, &wait_state),
            OwnLock::Free => self.acquire(file, &request, &wait_state),
            OwnLock::Unknown => {
                let path = file.path.clone();
                match lock::find_out(file, mode).map_err(|why| Error::refused(&path, why))? {
                    Found::Free(file) => self.acquire(file, &request, &wait_state),
                    Found::Taken(guard) => Ok(*guard),
                }
            }
        }
    }

    /// The threads of this process stand in line for it, but only until it is had: who keeps it
    /// then is not known here.
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
            match reentry(held.mode(), request.mode, request.nested, wait_state) {
                Reentry::Refused(why) => return Err(refused(why)),
                Reentry::Shares if held.mode() == Mode::Exclusive => return Ok(DescriptorGuard::new(None)),
                // Not in the line, where it would wait for itself.
                Reentry::Shares | Reentry::Waits => {
                    let acquired = lock::acquire(file, request, wait_state);
                    return acquired.map(guard).map_err(|(_, why)| refused(why));
                }
            }
        }
        loop {
            let turn = queue.enter(request.mode, &path, wait_state).map_err(refused)?;
            match obtain(file, request, &turn, wait_state) {
                Ok(acquired) => return Ok(guard(acquired)),
                Err((again, WaitError::YieldToUpgrade)) => file = again,
                Err((_, why)) => return Err(refused(why)),
            }
            drop(turn);
            wait_state.check_deadline().map_err(refused)?;
        }
    }

    /// Takes the lock as the kernel itself does it, for those who depend on just that: in no order, beside any ancestor, on
    /// whatever is open. A lock that is held already is let go for the new one, even if that is then refused.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`], [`Error::TimedOut`], [`Error::Cancelled`], and [`Error::System`] for whatever the kernel says, also of a
    /// number that is no open descriptor.
    pub fn lock_like_flock(&self, mode: Mode, waiting: Wait<'_>) -> Result<(), Error> {
        self.lock_range_like_flock(0, 0, mode, waiting)
    }

    /// As [`lock_like_flock`](Self::lock_like_flock), but in the fcntl family only `length` bytes from
    /// the byte `start` on; with a length of 0 all to the end, wherever that will be. In the flock
    /// family the whole file.
    ///
    /// # Errors
    ///
    /// As [`lock_like_flock`](Self::lock_like_flock); [`Error::System`] also for impossible bytes.
    pub fn lock_range_like_flock(
        &self,
        start: i64,
        length: i64,
        mode: Mode,
        waiting: Wait<'_>,
    ) -> Result<(), Error> {
        let bytes = Bytes { first: start, count: length };
        plain::lock(self.descriptor, mode, self.options.family, bytes, waiting)
    }

    /// Frees the lock of this family only, on whatever is open. One that is not held is no error.
    ///
    /// # Errors
    ///
    /// [`Error::System`], also for a number that is no open descriptor.
    pub fn unlock_like_flock(&self) -> Result<(), Error> {
        self.unlock_range_like_flock(0, 0)
    }

    /// As [`unlock_like_flock`](Self::unlock_like_flock), but in the fcntl family only these bytes.
    ///
    /// # Errors
    ///
    /// As [`unlock_like_flock`](Self::unlock_like_flock); [`Error::System`] also for impossible bytes.
    pub fn unlock_range_like_flock(&self, start: i64, length: i64) -> Result<(), Error> {
        plain::unlock(self.descriptor, self.options.family, Bytes { first: start, count: length })
    }

    /// Frees whatever lock of either family is held through this descriptor, for every process that has inherited it. One that
    /// holds none is no error.
    ///
    /// # Errors
    ///
    /// [`Error::CouldNotOpen`] for a number that is no open descriptor, or that of something that cannot be a lock;
    /// [`Error::System`].
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
