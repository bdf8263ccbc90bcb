//! A reader-writer lock for the threads of all processes.

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

/// A reader-writer lock on a file: any number of readers hold it together, or one writer alone.
/// Each reader and writer is a thread of some process.
///
/// It is the lock that `fasten read` and `fasten write` acquire. It excludes the threads of one
/// process from each other too, and orders threads and processes by the same
/// [`Preference`](crate::Preference). A thread that reads can read again at once, even if a writer
/// waits; to write, it [upgrades](Guard::upgrade).
///
/// The file is opened when the lock is first acquired, and stays open. It is never written,
/// truncated or removed. Each acquisition checks that the path still leads to the file. Symbolic
/// links are followed. A relative path is resolved each time the file is opened. Clones are the
/// same lock.
///
/// - **Panic**, **crash**, and guards in a forked child: see [`Guard`].
/// - **Fork**: a forked child can use the lock object; it opens the file for itself, as with
///   [`InterProcessLock`](super::InterProcessLock).
///
/// Python's fasteners: `InterProcessReaderWriterLock`.
///
/// ```
/// # let path = std::env::temp_dir().join(format!("rw-{}", std::process::id()));
/// use fasten::InterProcessReaderWriterLock;
///
/// let lock = InterProcessReaderWriterLock::new(&path);
/// {
///     let _reading = lock.read()?;
///     // other readers may be here, but no writer
/// }
/// {
///     let _writing = lock.write()?;
///     // no other thread or process holds the lock
/// }
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), fasten::Error>(())
/// ```
#[doc(alias = "flock")]
#[doc(alias = "FileLock")]
#[doc(alias = "RwLock")]
#[derive(Clone)]
pub struct InterProcessReaderWriterLock {
    pub(super) pool: Arc<FilePool>,
}

impl InterProcessReaderWriterLock {
    /// The lock on this file, with the [default options](LockOptions::new). Opens nothing yet.
    ///
    /// Python's fasteners: `InterProcessReaderWriterLock(path)`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self::with_options(path, LockOptions::new())
    }

    /// The lock on this file. Opens nothing yet.
    pub fn with_options(path: impl Into<PathBuf>, options: LockOptions) -> Self {
        Self { pool: FilePool::new(path.into(), options, Some(options.preference)) }
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

    /// Acquires the lock to read. Waits until no writer holds it and no writer goes
    /// first.
    ///
    /// # Errors
    ///
    /// - [`Error::Deadlock`] if this thread holds the lock to write, or if the wait [certainly
    ///   never ends](crate::Nested): this process has inherited the lock, an ancestor that waits
    ///   for this process writes, or the wait closes a cycle of processes.
    /// - [`Error::CouldNotOpen`] if the lock file cannot be opened or created.
    /// - [`Error::System`] if a system call fails, for example for lack of descriptors.
    ///
    /// Python's fasteners: `acquire_read_lock()`.
    pub fn read(&self) -> Result<Guard, Error> {
        self.read_with(Wait::forever())
    }

    /// Acquires the lock to read if that takes no waiting. Never waits.
    ///
    /// # Errors
    ///
    /// - [`Error::Busy`] if a writer holds the lock, even this thread or an ancestor, or if a
    ///   writer that goes first waits for it.
    /// - [`Error::CouldNotOpen`] and [`Error::System`], as for [`read`](Self::read).
    ///
    /// Python's fasteners: `acquire_read_lock(blocking=False)`.
    pub fn try_read(&self) -> Result<Guard, Error> {
        self.read_with(Wait::never())
    }

    /// Acquires the lock to read. Waits at most `timeout`, for the whole call.
    ///
    /// # Errors
    ///
    /// - [`Error::TimedOut`], after which nothing of the request is left.
    /// - [`Error::Deadlock`], before the time is up; [`Error::CouldNotOpen`] and [`Error::System`],
    ///   as for [`read`](Self::read).
    pub fn read_timeout(&self, timeout: Duration) -> Result<Guard, Error> {
        self.read_with(Wait::at_most(timeout))
    }

    /// Acquires the lock to read. Waits as `wait` says: it may have a limit, a
    /// [`CancelToken`](crate::CancelToken) and a callback.
    ///
    /// # Errors
    ///
    /// - [`Error::Cancelled`] if a token ends the wait, after which nothing of the request is left.
    ///   A lock that is free is acquired even if the token was cancelled before.
    /// - [`Error::TimedOut`] with a limit, [`Error::Busy`] with [`Wait::never`].
    /// - [`Error::Deadlock`], [`Error::CouldNotOpen`] and [`Error::System`], as for
    ///   [`read`](Self::read).
    pub fn read_with<'a>(&self, wait: impl Into<Wait<'a>>) -> Result<Guard, Error> {
        acquire_from(&self.pool, Mode::Shared, &WaitState::new(wait.into()))
    }

    /// Acquires the lock to write. Waits until no reader or writer holds it and it is
    /// this writer's turn.
    ///
    /// # Errors
    ///
    /// - [`Error::Deadlock`] if this thread holds the lock (a reader must
    ///   [upgrade](Guard::upgrade)), or if the wait [certainly never ends](crate::Nested): this
    ///   process has inherited the lock, an ancestor that waits for this process reads or writes,
    ///   or the wait closes a cycle of processes.
    /// - [`Error::CouldNotOpen`] if the lock file cannot be opened or created.
    /// - [`Error::System`] if a system call fails, for example for lack of descriptors.
    ///
    /// Python's fasteners: `acquire_write_lock()`.
    pub fn write(&self) -> Result<Guard, Error> {
        self.write_with(Wait::forever())
    }

    /// Acquires the lock to write if that takes no waiting. Never waits.
    ///
    /// # Errors
    ///
    /// - [`Error::Busy`] if a reader or writer holds the lock, even this thread or an ancestor, or
    ///   if one that goes first waits for it.
    /// - [`Error::CouldNotOpen`] and [`Error::System`], as for [`write`](Self::write).
    ///
    /// Python's fasteners: `acquire_write_lock(blocking=False)`.
    pub fn try_write(&self) -> Result<Guard, Error> {
        self.write_with(Wait::never())
    }

    /// Acquires the lock to write. Waits at most `timeout`, for the whole call.
    ///
    /// # Errors
    ///
    /// - [`Error::TimedOut`], after which nothing of the request is left.
    /// - [`Error::Deadlock`], before the time is up; [`Error::CouldNotOpen`] and [`Error::System`],
    ///   as for [`write`](Self::write).
    pub fn write_timeout(&self, timeout: Duration) -> Result<Guard, Error> {
        self.write_with(Wait::at_most(timeout))
    }

    /// Acquires the lock to write. Waits as `wait` says: it may have a limit, a
    /// [`CancelToken`](crate::CancelToken) and a callback.
    ///
    /// # Errors
    ///
    /// - [`Error::Cancelled`] if a token ends the wait, after which nothing of the request is left.
    ///   A lock that is free is acquired even if the token was cancelled before.
    /// - [`Error::TimedOut`] with a limit, [`Error::Busy`] with [`Wait::never`].
    /// - [`Error::Deadlock`], [`Error::CouldNotOpen`] and [`Error::System`], as for
    ///   [`write`](Self::write).
    pub fn write_with<'a>(&self, wait: impl Into<Wait<'a>>) -> Result<Guard, Error> {
        acquire_from(&self.pool, Mode::Exclusive, &WaitState::new(wait.into()))
    }

    /// A request for this lock to read, for [`lock_all`](super::lock_all).
    #[must_use]
    pub fn read_request(&self) -> LockRequest {
        LockRequest::new(&self.pool, Mode::Shared)
    }

    /// A request for this lock to write, for [`lock_all`](super::lock_all).
    #[must_use]
    pub fn write_request(&self) -> LockRequest {
        LockRequest::new(&self.pool, Mode::Exclusive)
    }
}

impl fmt::Debug for InterProcessReaderWriterLock {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("InterProcessReaderWriterLock").field("path", &self.path()).finish_non_exhaustive()
    }
}
