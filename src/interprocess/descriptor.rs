//! Locks on a descriptor that the caller has opened: for programs that get its number, as from a
//! shell.

use std::os::fd::{AsFd, AsRawFd, RawFd};

use super::held_lock::{self, Reentry};
use super::obtain::obtain;
use super::options::LockOptions;
use super::thread_queue::ThreadQueue;
use crate::holders::{OwnLock, held_through};
use crate::lock::{
    self, Deadlock, DescriptorGuard, Error, Found, LockFile, Request, Threads, Wait, WaitError, WaitState,
};
use crate::mode::Mode;

/// A lock on a file that is already open: a [`File`](std::fs::File) of one's own, a reference to
/// one, a descriptor that was inherited.
///
/// The lock belongs to the open file description: all processes that inherited the descriptor share
/// it, and it can outlive this value and this process. A lock that the descriptor already holds is
/// converted: to exclusive as soon as the other readers have released theirs, or to shared. One
/// lock value gives one guard at a time. Several values on one open file, or on its duplicates, do
/// not exclude each other: to the kernel they are one holder.
///
/// Where the current lock of a descriptor cannot be seen (without /proc, on systems other than
/// Linux, on file systems that keep locks in a server), a second open file of the same file is used
/// to find out as much as possible. An exclusive request that could lose a shared lock is then
/// refused with [`Error::CannotUpgrade`].
///
/// [`LockOptions::create`], [`LockOptions::permissions`] and [`LockOptions::plain_file`] have no
/// effect here. With
/// [`Preference::Reader`](crate::Preference::Reader) the lock is acquired first come, first served.
///
/// - **Panic**: a [`DescriptorGuard`] that a panic drops releases the lock.
/// - **Crash**: the lock stays for as long as any process has the descriptor.
/// - **Fork**: a forked child has the descriptor, and with it the lock. Its copies of guards
///   release nothing.
///
/// The idea is that of flock(1) with a descriptor: `exec 9>>lock; flock 9`; its shape that of the
/// crate fd-lock.
///
/// A lock on a reference leaves the file to be used under the guard; a lock that owns the file
/// gives it back. `examples/own_file.rs` is a program that uses both.
///
/// ```
/// # let path = std::env::temp_dir().join(format!("descriptor-{}", std::process::id()));
/// use fasten::{DescriptorLock, Wait};
/// use std::fs::File;
/// use std::io::Write;
///
/// let mut file = File::create(&path)?;
/// let mut lock = DescriptorLock::new(&file);
/// let mut guard = lock.read()?;
/// if file.metadata()?.len() == 0 {
///     guard.upgrade(Wait::forever())?; // no other writer got in between
///     (&file).write_all(b"heading\n")?;
/// }
/// drop(guard);
///
/// let mut lock = DescriptorLock::new(file);
/// lock.write()?.detach(); // stays locked
/// file = lock.into_inner();
/// file.write_all(b"line\n")?;
/// drop(file); // closing it releases the lock
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "flock")]
#[doc(alias = "fd_lock")]
#[derive(Debug)]
pub struct DescriptorLock<F> {
    pub(super) file: F,
    pub(super) descriptor: RawFd,
    pub(super) options: LockOptions,
}

impl<F: AsFd> DescriptorLock<F> {
    /// A lock on this file, with the [default options](LockOptions::new). Makes no system call.
    pub fn new(file: F) -> Self {
        Self::with_options(file, LockOptions::new())
    }

    /// A lock on this file. Makes no system call.
    pub fn with_options(file: F, options: LockOptions) -> Self {
        let descriptor = file.as_fd().as_raw_fd();
        Self { file, descriptor, options }
    }

    /// The file. A lock that was [detached](DescriptorGuard::detach) stays on it.
    pub fn into_inner(self) -> F {
        self.file
    }

    /// Acquires the lock shared, or converts the one that is held. Waits until no writer holds it.
    ///
    /// # Errors
    ///
    /// - [`Error::Deadlock`] if this thread holds the lock exclusively through another lock object,
    ///   or if the wait [certainly never ends](crate::Nested): an ancestor that waits for this
    ///   process holds the lock, or the wait closes a cycle of processes.
    /// - [`Error::CouldNotOpen`] if the file cannot be a lock, as a FIFO; if the process has no
    ///   descriptor left; and for a lock of fcntl(2), if the file is not open for reading.
    /// - [`Error::System`] if a system call fails.
    pub fn read(&mut self) -> Result<DescriptorGuard<'_>, Error> {
        self.read_with(Wait::forever())
    }

    /// Acquires the lock shared if that takes no waiting.
    ///
    /// # Errors
    ///
    /// - [`Error::Busy`] if a writer holds the lock, or if a writer that goes first waits for it.
    /// - [`Error::CouldNotOpen`] and [`Error::System`], as for [`read`](Self::read).
    pub fn try_read(&mut self) -> Result<DescriptorGuard<'_>, Error> {
        self.read_with(Wait::never())
    }

    /// Acquires the lock shared. Waits as `wait` says.
    ///
    /// # Errors
    ///
    /// - [`Error::TimedOut`] and [`Error::Cancelled`], as the wait says; [`Error::Busy`] with
    ///   [`Wait::never`].
    /// - Those of [`read`](Self::read).
    pub fn read_with<'w>(&mut self, wait: impl Into<Wait<'w>>) -> Result<DescriptorGuard<'_>, Error> {
        self.acquire(Mode::Shared, wait.into())
    }

    /// Acquires the lock exclusively, or converts the one that is held. Waits until it is free.
    ///
    /// # Errors
    ///
    /// - [`Error::Deadlock`] if this thread holds the lock through another lock object, or if the
    ///   wait [certainly never ends](crate::Nested), as for [`read`](Self::read).
    /// - [`Error::CouldNotOpen`], as for [`read`](Self::read); a lock of fcntl(2) needs a file that
    ///   is open for writing.
    /// - [`Error::System`] if a system call fails.
    /// - If the descriptor held the lock shared before, or may have: the errors of
    ///   [`Guard::upgrade`](crate::Guard::upgrade). What was held is still held, except after
    ///   [`Error::Lost`].
    pub fn write(&mut self) -> Result<DescriptorGuard<'_>, Error> {
        self.write_with(Wait::forever())
    }

    /// Acquires the lock exclusively if that takes no waiting.
    ///
    /// # Errors
    ///
    /// - [`Error::Busy`] if the lock is held, or if a process that goes first waits for it.
    /// - Those of [`write`](Self::write), with [`Error::Deadlock`] only if another reader upgrades.
    pub fn try_write(&mut self) -> Result<DescriptorGuard<'_>, Error> {
        self.write_with(Wait::never())
    }

    /// Acquires the lock exclusively. Waits as `wait` says.
    ///
    /// # Errors
    ///
    /// - [`Error::TimedOut`] and [`Error::Cancelled`], as the wait says; [`Error::Busy`] with
    ///   [`Wait::never`].
    /// - Those of [`write`](Self::write).
    pub fn write_with<'w>(&mut self, wait: impl Into<Wait<'w>>) -> Result<DescriptorGuard<'_>, Error> {
        self.acquire(Mode::Exclusive, wait.into())
    }

    /// Releases the locks of both families that this descriptor holds, for every process that
    /// inherited it. Succeeds if none is held.
    ///
    /// # Errors
    ///
    /// [`Error::CouldNotOpen`] if the file cannot be a lock; [`Error::System`] if a system call
    /// fails.
    pub fn unlock(&mut self) -> Result<(), Error> {
        lock::unlock(self.descriptor)
    }
}

impl<F> DescriptorLock<F> {
    pub(super) fn acquire<'a>(&self, mode: Mode, wait: Wait<'_>) -> Result<DescriptorGuard<'a>, Error> {
        let LockOptions { family, preference, nested, .. } = self.options;
        let request = Request {
            mode,
            order: Some(preference),
            nested,
            threads: Threads::None,
            holds_others: true,
            slots: None,
        };
        let wait_state = WaitState::new(wait);
        let file = lock::opened(self.descriptor, family)?;
        let guard = match held_through(&file.file, family) {
            OwnLock::Held(held) => lock::convert(file, held, &request, &wait_state)?,
            OwnLock::Free => self.acquire_free(file, &request, &wait_state)?,
            OwnLock::Unknown => {
                let path = file.path.clone();
                match lock::probe(file, mode).map_err(|why| Error::refused(&path, why))? {
                    Found::Free(file) => self.acquire_free(file, &request, &wait_state)?,
                    Found::Taken(guard) => *guard,
                }
            }
        };
        Ok(guard.with_nested(nested))
    }

    /// Acquires a lock on a descriptor that holds none. A thread's turn ends as soon as it has the
    /// lock, not when the lock is released: any process that has the descriptor may release it, and
    /// that cannot be seen here.
    fn acquire_free(
        &self,
        mut file: LockFile,
        request: &Request,
        wait_state: &WaitState,
    ) -> Result<DescriptorGuard<'static>, Error> {
        let path = file.path.clone();
        let refused = |why| Error::refused(&path, why);
        let queue = ThreadQueue::of((file.id, file.family), self.options.preference);
        if let Some(held) = held_lock::find(queue.number()) {
            match held.reentry(request.mode, request.nested, wait_state) {
                Reentry::Refused(why) => return Err(refused(why)),
                // A guard of this descriptor could outlive the lock, which is held through another.
                Reentry::Shares if held.lease.mode() == Mode::Exclusive => {
                    let why = Deadlock::HeldByThisThread(Mode::Exclusive);
                    return Err(refused(WaitError::Deadlock(Box::new(why))));
                }
                // Without a turn: this thread has one already, and would wait for itself.
                Reentry::Shares => {
                    return lock::acquire(file, request, wait_state)
                        .map(DescriptorGuard::from)
                        .map_err(|(_, why)| refused(why));
                }
            }
        }
        loop {
            let turn = queue.wait_for_turn(request.mode, &path, wait_state).map_err(refused)?;
            match obtain(file, request, &turn, wait_state) {
                Ok(acquired) => return Ok(acquired.into()),
                Err((again, WaitError::YieldToUpgrade)) => file = again,
                Err((_, why)) => return Err(refused(why)),
            }
            drop(turn);
            wait_state.check_deadline().map_err(refused)?;
        }
    }
}
