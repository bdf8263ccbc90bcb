//! A mutex for the threads of all processes.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::file_pool::FilePool;
use super::guard::Guard;
use super::lock_request::LockRequest;
use super::obtain::acquire_from;
use super::options::LockOptions;
use crate::holders::{self, Report};
use crate::lock::{Error, Wait, WaitState};
use crate::mode::Mode;

/// A mutex on a file: one thread of one process holds it at a time.
///
/// It is the lock that `fasten exclusive` and flock(1) acquire, or, with
/// [`Family::Fcntl`](crate::Family::Fcntl), the lock of Python's fasteners. It excludes the threads
/// of one process from each other too, whether they share the lock object, have one each, or use
/// different paths to the file. The threads of one process acquire it in the order of their
/// requests; among several processes the kernel chooses the next one.
///
/// The file is opened when the lock is first acquired, and stays open. It is never written,
/// truncated or removed. Each acquisition checks that the path still leads to the file. Symbolic
/// links are followed. A relative path is resolved each time the file is opened. Clones are the
/// same lock.
///
/// - **Panic**, **crash**, and guards in a forked child: see [`Guard`].
/// - **Fork**: a forked child can use the lock object; it opens the file for itself. While its
///   parent holds the lock and waits for the child, the child's request fails with
///   [`Error::Deadlock`], or, with [`Nested::Join`](crate::Nested::Join), shares the parent's lock.
///
/// Python's fasteners: `InterProcessLock`.
///
/// ```
/// # let path = std::env::temp_dir().join(format!("mutex-{}", std::process::id()));
/// use fasten::InterProcessLock;
///
/// let lock = InterProcessLock::new(&path);
/// {
///     let _held = lock.lock()?;
///     // no other thread or process holds the lock
/// }
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), fasten::Error>(())
/// ```
#[doc(alias = "flock")]
#[doc(alias = "FileLock")]
#[doc(alias = "Mutex")]
#[derive(Clone)]
pub struct InterProcessLock {
    pub(super) pool: Arc<FilePool>,
}

impl InterProcessLock {
    /// The lock on this file, with the [default options](LockOptions::new). Opens nothing yet.
    ///
    /// Python's fasteners: `InterProcessLock(path)`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self::with_options(path, LockOptions::new())
    }

    /// The lock on this file. Opens nothing yet.
    pub fn with_options(path: impl Into<PathBuf>, options: LockOptions) -> Self {
        Self { pool: FilePool::new(path.into(), options, None) }
    }

    /// Finds the processes that hold the lock, and those that wait for it. Acquires nothing; see
    /// [`holders::of`].
    ///
    /// # Errors
    ///
    /// Those of [`holders::of`].
    pub fn holders(&self) -> io::Result<Report> {
        holders::of(self.path())
    }

    /// The path of the lock file, as it was given.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.pool.path()
    }

    /// Acquires the lock. Waits until it is free.
    ///
    /// # Errors
    ///
    /// - [`Error::Deadlock`] if this thread holds the lock, or if the wait [certainly never
    ///   ends](crate::Nested): this process has inherited the lock, an ancestor that waits for this
    ///   process holds it, or the wait closes a cycle of processes.
    /// - [`Error::CouldNotOpen`] if the lock file cannot be opened or created.
    /// - [`Error::System`] if a system call fails, for example for lack of descriptors.
    ///
    /// Python's fasteners: `acquire()`.
    #[doc(alias = "acquire")]
    pub fn lock(&self) -> Result<Guard, Error> {
        self.lock_with(Wait::forever())
    }

    /// Acquires the lock if it is free. Never waits.
    ///
    /// # Errors
    ///
    /// - [`Error::Busy`] if the lock is held, by this thread or an ancestor too: there is no
    ///   [`Error::Deadlock`] without a wait.
    /// - [`Error::CouldNotOpen`] and [`Error::System`], as for [`lock`](Self::lock).
    ///
    /// Python's fasteners: `acquire(blocking=False)`.
    ///
    /// ```
    /// # let path = std::env::temp_dir().join(format!("try-{}", std::process::id()));
    /// use fasten::{Error, InterProcessLock};
    ///
    /// match InterProcessLock::new(&path).try_lock() {
    ///     Ok(_held) => println!("this is the only instance"),
    ///     Err(Error::Busy { .. }) => println!("it runs already"),
    ///     Err(other) => return Err(other),
    /// }
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), Error>(())
    /// ```
    pub fn try_lock(&self) -> Result<Guard, Error> {
        self.lock_with(Wait::never())
    }

    /// Acquires the lock. Waits at most `timeout`, for the whole call; a timeout of zero acquires
    /// only a free lock.
    ///
    /// # Errors
    ///
    /// - [`Error::TimedOut`], after which nothing of the request is left.
    /// - [`Error::Deadlock`], before the time is up; [`Error::CouldNotOpen`] and [`Error::System`],
    ///   as for [`lock`](Self::lock).
    ///
    /// Python's fasteners: `acquire(timeout=...)`.
    #[doc(alias = "try_lock_for")]
    pub fn lock_timeout(&self, timeout: Duration) -> Result<Guard, Error> {
        self.lock_with(Wait::at_most(timeout))
    }

    /// Acquires the lock. Waits as `wait` says: it may have a limit, a [`CancelToken`] and a
    /// callback.
    ///
    /// # Errors
    ///
    /// - [`Error::Cancelled`] if a token ends the wait, after which nothing of the request is left.
    ///   A lock that is free is acquired even if the token was cancelled before.
    /// - [`Error::TimedOut`] with a limit, [`Error::Busy`] with [`Wait::never`].
    /// - [`Error::Deadlock`], [`Error::CouldNotOpen`] and [`Error::System`], as for
    ///   [`lock`](Self::lock).
    ///
    /// [`CancelToken`]: crate::CancelToken
    ///
    /// ```
    /// # let path = std::env::temp_dir().join(format!("cancel-{}", std::process::id()));
    /// use fasten::{CancelToken, Error, InterProcessLock, Wait};
    /// use std::thread;
    ///
    /// let lock = InterProcessLock::new(&path);
    /// let cancel = CancelToken::default();
    /// let _held = lock.lock()?;
    /// thread::scope(|scope| {
    ///     let waiting = scope.spawn(|| lock.lock_with(Wait::forever().cancel_on(&cancel)).err());
    ///     cancel.cancel();
    ///     assert!(matches!(waiting.join().unwrap(), Some(Error::Cancelled { .. })));
    /// });
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), Error>(())
    /// ```
    pub fn lock_with<'a>(&self, wait: impl Into<Wait<'a>>) -> Result<Guard, Error> {
        acquire_from(&self.pool, Mode::Exclusive, &WaitState::new(wait.into()))
    }

    /// A request for this lock, for [`lock_all`](super::lock_all).
    #[must_use]
    pub fn request(&self) -> LockRequest {
        LockRequest::new(&self.pool, Mode::Exclusive)
    }
}

impl fmt::Debug for InterProcessLock {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("InterProcessLock").field("path", &self.path()).finish_non_exhaustive()
    }
}

impl From<&InterProcessLock> for LockRequest {
    /// As [`InterProcessLock::request`].
    fn from(lock: &InterProcessLock) -> Self {
        lock.request()
    }
}
