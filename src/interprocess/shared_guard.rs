//! The guard of a lock that belongs to no thread.

use std::fmt;
use std::os::fd::BorrowedFd;
use std::path::Path;

use super::lease::Lease;
use crate::lock::{Error, UnfairReason, Wait, WaitState};
use crate::mode::Mode;

/// A lock between processes that is held until this guard is dropped, in whichever thread.
///
/// It is `Send` and `Sync`, for state that threads share and for tasks that move between threads.
/// [`Guard::into_shared`](crate::Guard::into_shared) makes it from a guard of this thread, and
/// `lock_async` of the lock objects returns it.
///
/// The lock belongs to this guard and to no thread, so it is not reentrant: a thread that asks for
/// the lock waits like any other one, even the thread that made this guard and even with
/// [`Nested::Join`](crate::Nested::Join). That is no [`Error::Deadlock`], because another thread may
/// drop the guard; without waiting it is [`Error::Busy`].
///
/// A wait for another lock is found to be a [deadlock](crate::Nested) on account of this guard only
/// while the waiting thread is the only one of the process: otherwise another one may drop the
/// guard.
///
/// - **Panic**: a guard that a panic drops releases the lock. There is no poisoning.
/// - **Crash**: the kernel releases the lock when this process has ended, however it ended, and
///   when every process that inherited the descriptor has ended too.
/// - **Fork**: a copy of the guard in a forked child releases nothing. If the parent dies, the
///   child keeps the lock held for as long as it has the descriptor, which exec closes. If the
///   parent releases the lock, it is released for the child too.
/// - **Forgotten** ([`std::mem::forget`]): the lock stays held until the process ends.
///
/// The idea is that of Tokio's `OwnedMutexGuard`; a lock of Python's fasteners belongs to its object
/// in the same way.
///
/// ```
/// # let path = std::env::temp_dir().join(format!("shared-{}", std::process::id()));
/// use fasten::{InterProcessLock, SharedGuard};
/// use std::sync::Arc;
/// use std::thread;
///
/// struct Store {
///     _guard: SharedGuard, // the process has the store for itself
/// }
///
/// let lock = InterProcessLock::new(&path);
/// let guard = lock.try_lock()?.into_shared().expect("this thread has one guard of it");
/// let store = Arc::new(Store { _guard: guard });
/// let worker = thread::spawn({
///     let store = Arc::clone(&store);
///     move || drop(store)
/// });
/// drop(store);
/// worker.join().unwrap(); // whichever thread was last has released the lock
/// assert!(lock.try_lock().is_ok());
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), fasten::Error>(())
/// ```
#[must_use = "the lock is released as soon as the guard is dropped"]
pub struct SharedGuard {
    lease: Lease,
}

impl SharedGuard {
    pub(super) fn new(lease: Lease) -> Self {
        Self { lease }
    }

    /// How the lock is held: alone, or together with other readers.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.lease.mode()
    }

    /// The path of the lock, as it was given to the lock object.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.lease.path()
    }

    /// Whether the lock is still held, in this guard's mode; see
    /// [`Guard::is_held`](crate::Guard::is_held).
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.lease.is_held()
    }

    /// Whether the lock is an ancestor's, which this process has inherited; see
    /// [`Guard::is_borrowed`](crate::Guard::is_borrowed).
    #[must_use]
    pub fn is_borrowed(&self) -> bool {
        self.lease.is_borrowed()
    }

    /// The descriptor that holds the lock, as [`Guard::descriptor`](crate::Guard::descriptor) returns
    /// it. `None` if an ancestor holds the lock.
    #[must_use]
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.lease.descriptor()
    }

    /// Why the lock was acquired first come, first served, although readers and writers were to
    /// take turns. `None` if they did, or if no order was asked for.
    #[must_use]
    pub fn unfair_reason(&self) -> Option<UnfairReason> {
        self.lease.unfair_reason()
    }

    /// Turns a shared lock into an exclusive one, with no other writer in between; see
    /// [`Guard::upgrade`](crate::Guard::upgrade). It waits in the calling thread: in a task, use
    /// [`Wait::never`], or a thread in which waiting is allowed.
    ///
    /// # Errors
    ///
    /// Those of [`Guard::upgrade`](crate::Guard::upgrade). After any of them, except
    /// [`Error::Lost`], the lock is still held shared.
    pub fn upgrade<'a>(&mut self, wait: impl Into<Wait<'a>>) -> Result<(), Error> {
        self.lease.upgrade(&WaitState::new(wait.into()))
    }

    /// Turns an exclusive lock into a shared one, with no other writer in between. Never waits.
    /// Returns at once if the lock is already shared.
    ///
    /// # Errors
    ///
    /// Those of [`Guard::downgrade`](crate::Guard::downgrade); then the lock is still held
    /// exclusively.
    pub fn downgrade(&mut self) -> Result<(), Error> {
        self.lease.downgrade()
    }

    /// Closes this process's descriptor without unlocking it. The lock stays held by the processes
    /// that inherited the descriptor, until the last of them has closed it; without any, it is
    /// released.
    ///
    /// The idea is that of flock(1), whose command inherits the lock.
    pub fn detach(self) {
        self.lease.detach();
    }
}

impl fmt::Debug for SharedGuard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("SharedGuard")
            .field("path", &self.path())
            .field("mode", &self.mode())
            .finish_non_exhaustive()
    }
}
