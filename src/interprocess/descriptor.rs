//! Locks on a descriptor that somebody else has opened: for programs that are told its number, as shells do.

use std::os::fd::RawFd;

use super::held_lock;
use super::obtain::obtain;
use super::obtain::{Again, again};
use super::options::Options;
use super::thread_queue::Front;
use crate::holders::{OwnLock, held_through};
use crate::layout::Bytes;
use crate::lock::{
    self, Acquired, DescriptorGuard, Error, Found, GaveUp, How, LockFile, Patience, Threads, Waiting, plain,
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
/// use fasten::{DescriptorLock, Mode, Waiting};
/// use std::fs::File;
/// use std::os::fd::AsRawFd;
///
/// let file = File::create(&path).unwrap();
/// let lock = DescriptorLock::new(file.as_raw_fd());
/// lock.take(Mode::Exclusive, Waiting::never())?.keep();
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
    pub fn take(&self, mode: Mode, waiting: Waiting<'_>) -> Result<DescriptorGuard, Error> {
        let Options { family, preference, nested, .. } = self.options;
        let how = How { mode, preference, nested, threads: Threads::None, holds_others: true };
        let patience = Patience::new(waiting);
        let file = lock::opened(self.descriptor, family)?;
        match held_through(&file.file, family) {
            OwnLock::Held(held) => lock::convert(file, held, &how, &patience),
            OwnLock::Free => self.acquire(file, &how, &patience),
            OwnLock::Unknown => {
                let path = file.path.clone();
                match lock::find_out(file, mode).map_err(|why| Error::refused(&path, why))? {
                    Found::Free(file) => self.acquire(file, &how, &patience),
                    Found::Taken(guard) => Ok(*guard),
                }
            }
        }
    }

    /// The threads of this process stand in line for it, but only until it is had: who keeps it
    /// then is not known here.
    fn acquire(&self, mut file: LockFile, how: &How, patience: &Patience) -> Result<DescriptorGuard, Error> {
        let path = file.path.clone();
        let refused = |why| Error::refused(&path, why);
        let front = Front::of((file.id, file.family), self.options.preference);
        if let Some(taken) = held_lock::find(front.number()) {
            match again(taken.mode(), how.mode, how.nested, patience) {
                Again::Refused(why) => return Err(refused(why)),
                Again::Shares if taken.mode() == Mode::Exclusive => return Ok(DescriptorGuard::new(None)),
                // Not in the line, where it would wait for itself.
                Again::Shares | Again::Waits => {
                    let acquired = lock::acquire(file, how, patience);
                    return acquired.map(guard).map_err(|(_, why)| refused(why));
                }
            }
        }
        loop {
            let entered = front.enter(how.mode, &path, patience).map_err(refused)?;
            match obtain(file, how, &entered, patience) {
                Ok(acquired) => return Ok(guard(acquired)),
                Err((again, GaveUp::MakesWay)) => file = again,
                Err((_, why)) => return Err(refused(why)),
            }
            drop(entered);
            patience.check_deadline().map_err(refused)?;
        }
    }

    /// Takes the lock as the kernel itself does it, for those who depend on just that: in no order, beside any ancestor, on
    /// whatever is open. A lock that is held already is let go for the new one, even if that is then refused.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`], [`Error::TimedOut`], [`Error::Cancelled`], and [`Error::System`] for whatever the kernel says, also of a
    /// number that is no open descriptor.
    pub fn take_plainly(&self, mode: Mode, waiting: Waiting<'_>) -> Result<(), Error> {
        self.take_range_plainly(0, 0, mode, waiting)
    }

    /// As [`take_plainly`](Self::take_plainly), but in the fcntl family only `length` bytes from
    /// the byte `start` on; with a length of 0 all to the end, wherever that will be. In the flock
    /// family the whole file.
    ///
    /// # Errors
    ///
    /// As [`take_plainly`](Self::take_plainly); [`Error::System`] also for impossible bytes.
    pub fn take_range_plainly(
        &self,
        start: i64,
        length: i64,
        mode: Mode,
        waiting: Waiting<'_>,
    ) -> Result<(), Error> {
        let bytes = Bytes { first: start, count: length };
        plain::lock(self.descriptor, mode, self.options.family, bytes, waiting)
    }

    /// Frees the lock of this family only, on whatever is open. One that is not held is no error.
    ///
    /// # Errors
    ///
    /// [`Error::System`], also for a number that is no open descriptor.
    pub fn unlock_plainly(&self) -> Result<(), Error> {
        self.unlock_range_plainly(0, 0)
    }

    /// As [`unlock_plainly`](Self::unlock_plainly), but in the fcntl family only these bytes.
    ///
    /// # Errors
    ///
    /// As [`unlock_plainly`](Self::unlock_plainly); [`Error::System`] also for impossible bytes.
    pub fn unlock_range_plainly(&self, start: i64, length: i64) -> Result<(), Error> {
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
