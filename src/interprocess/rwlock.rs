//! Many readers or one writer, among the threads of all processes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::file_pool::FilePool;
use super::guard::Guard;
use super::lock_all::LockRequest;
use super::obtain::acquire_from;
use super::options::Options;
use crate::lock::{Error, Wait, WaitState};
use crate::mode::Mode;

/// A lock that many readers hold together, or one writer alone; each of them is a thread of some process.
///
/// It is the lock that `fasten read` and `fasten write` take. Threads of one process exclude each other by it as processes do,
/// and get it by the same [`Preference`](crate::Preference). A reader that reads already reads again at once; it writes by
/// [`Guard::upgrade`].
///
/// The file is opened when the lock is first acquired and stays open; it is never written or removed. Each taking makes sure that
/// the path still leads to the file. A relative path is looked up anew with each opening. Clones are the same lock.
///
/// - **Crash**, **panic**, and what a guard is worth in a forked child: see [`Guard`].
/// - **Fork**: a forked child may use the lock, with open files of its own, as with
///   [`InterProcessLock`](super::InterProcessLock).
///
/// Source in the seed: `fasteners.InterProcessReaderWriterLock`.
///
/// ```
/// # let path = std::env::temp_dir().join(format!("rw-{}", std::process::id()));
/// use fasten::InterProcessReaderWriterLock;
///
/// let lock = InterProcessReaderWriterLock::new(&path);
/// {
///     let _reading = lock.read()?;
///     // others may read
/// }
/// {
///     let _writing = lock.write()?;
///     // nobody else is here
/// }
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), fasten::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct InterProcessReaderWriterLock {
    pool: Arc<FilePool>,
}

impl InterProcessReaderWriterLock {
    /// The lock on this file, with the [options](Options::new) that most want. Opens nothing yet.
    ///
    /// Source in the seed: `InterProcessReaderWriterLock(path)`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self::with_options(path, Options::new())
    }

    /// The lock on this file. Opens nothing yet.
    pub fn with_options(path: impl Into<PathBuf>, options: Options) -> Self {
        Self { pool: FilePool::new(path.into(), options, Some(options.preference)) }
    }

    /// The path that was given.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.pool.path()
    }

    /// Takes the lock to read, and waits for it if need be.
    ///
    /// # Errors
    ///
    /// [`Error::Deadlock`] when this thread writes, or a wait for an ancestor or a cycle
    /// [certainly never ends](crate::Nested); [`Error::CouldNotOpen`]; [`Error::System`].
    ///
    /// Source in the seed: `acquire_read_lock()`.
    pub fn read(&self) -> Result<Guard, Error> {
        self.read_with(Wait::forever())
    }

    /// Takes the lock to read if that needs no waiting.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] when somebody writes, or waits who goes first; [`Error::CouldNotOpen`]; [`Error::System`].
    ///
    /// Source in the seed: `acquire_read_lock(blocking=False)`.
    pub fn try_read(&self) -> Result<Guard, Error> {
        self.read_with(Wait::never())
    }

    /// Takes the lock to read, and waits for it at most this long.
    ///
    /// # Errors
    ///
    /// [`Error::TimedOut`], after which the attempt has left nothing behind; and those of [`read`](Self::read).
    pub fn read_timeout(&self, timeout: Duration) -> Result<Guard, Error> {
        self.read_with(Wait::at_most(timeout))
    }

    /// Takes the lock to read, and waits for it at most until then.
    ///
    /// # Errors
    ///
    /// As [`read_timeout`](Self::read_timeout).
    pub fn read_deadline(&self, deadline: Instant) -> Result<Guard, Error> {
        self.read_with(Wait::until(deadline))
    }

    /// Takes the lock to read, and waits as it is told.
    ///
    /// # Errors
    ///
    /// [`Error::Cancelled`], after which the attempt has left nothing behind; and those of the other forms.
    pub fn read_with(&self, waiting: Wait<'_>) -> Result<Guard, Error> {
        acquire_from(&self.pool, Mode::Shared, &WaitState::new(waiting))
    }

    /// Takes the lock to write, and waits for it if need be.
    ///
    /// # Errors
    ///
    /// [`Error::Deadlock`] when this thread holds the lock (one that reads is to [upgrade](Guard::upgrade)), or an ancestor of
    /// this process does, or the wait would close a circle; [`Error::CouldNotOpen`]; [`Error::System`].
    ///
    /// Source in the seed: `acquire_write_lock()`.
    pub fn write(&self) -> Result<Guard, Error> {
        self.write_with(Wait::forever())
    }

    /// Takes the lock to write if that needs no waiting.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] when somebody has it or waits for it; [`Error::CouldNotOpen`]; [`Error::System`].
    ///
    /// Source in the seed: `acquire_write_lock(blocking=False)`.
    pub fn try_write(&self) -> Result<Guard, Error> {
        self.write_with(Wait::never())
    }

    /// Takes the lock to write, and waits for it at most this long.
    ///
    /// # Errors
    ///
    /// [`Error::TimedOut`], after which the attempt has left nothing behind; and those of [`write`](Self::write).
    pub fn write_timeout(&self, timeout: Duration) -> Result<Guard, Error> {
        self.write_with(Wait::at_most(timeout))
    }

    /// Takes the lock to write, and waits for it at most until then.
    ///
    /// # Errors
    ///
    /// As [`write_timeout`](Self::write_timeout).
    pub fn write_deadline(&self, deadline: Instant) -> Result<Guard, Error> {
        self.write_with(Wait::until(deadline))
    }

    /// Takes the lock to write, and waits as it is told.
    ///
    /// # Errors
    ///
    /// [`Error::Cancelled`], after which the attempt has left nothing behind; and those of the other forms.
    pub fn write_with(&self, waiting: Wait<'_>) -> Result<Guard, Error> {
        acquire_from(&self.pool, Mode::Exclusive, &WaitState::new(waiting))
    }

    /// This lock to read, as one of several for [`lock_all`](super::lock_all).
    #[must_use]
    pub fn to_read(&self) -> LockRequest {
        LockRequest::new(&self.pool, Mode::Shared)
    }

    /// This lock to write, as one of several for [`lock_all`](super::lock_all).
    #[must_use]
    pub fn to_write(&self) -> LockRequest {
        LockRequest::new(&self.pool, Mode::Exclusive)
    }
}
