//! One at a time, among the threads of all processes.

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

/// A lock that one thread of one process holds at a time: a mutex on a file.
///
/// It is the lock that `fasten exclusive` and flock(1) take, and with [`Family::Fcntl`](crate::Family::Fcntl) that of Python's
/// fasteners. Threads of one process exclude each other by it as processes do, whether they share the object, have one each,
/// or name the file by different paths; they get it in the order in which they came. Who of several processes comes next is
/// the kernel's choice.
///
/// The file is opened when the lock is first acquired and stays open; it is never written or removed. Each taking makes sure that
/// the path still leads to the file. A relative path is looked up anew with each opening. Clones are the same lock.
///
/// - **Crash**, **panic**, and what a guard is worth in a forked child: see [`Guard`].
/// - **Fork**: a forked child may use the lock, with open files of its own. Where its parent holds the lock, the child is
///   refused ([`Error::Deadlock`]) or, with [`Nested::Join`](crate::Nested::Join), let in.
///
/// Source in the seed: `fasteners.InterProcessLock`.
///
/// ```
/// # let path = std::env::temp_dir().join(format!("mutex-{}", std::process::id()));
/// use fasten::InterProcessLock;
///
/// let lock = InterProcessLock::new(&path);
/// {
///     let _held = lock.lock()?;
///     // nobody else is here
/// }
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), fasten::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct InterProcessLock {
    pool: Arc<FilePool>,
}

impl InterProcessLock {
    /// The lock on this file, with the [options](Options::new) that most want. Opens nothing yet.
    ///
    /// Source in the seed: `InterProcessLock(path)`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self::with_options(path, Options::new())
    }

    /// The lock on this file. Opens nothing yet.
    pub fn with_options(path: impl Into<PathBuf>, options: Options) -> Self {
        Self { pool: FilePool::new(path.into(), options, None) }
    }

    /// The path that was given.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.pool.path()
    }

    /// Takes the lock, and waits for it if need be.
    ///
    /// # Errors
    ///
    /// [`Error::Deadlock`] when this thread holds the lock, or a wait for an ancestor or a cycle
    /// [certainly never ends](crate::Nested); [`Error::CouldNotOpen`]; [`Error::System`].
    ///
    /// Source in the seed: `acquire()`.
    pub fn lock(&self) -> Result<Guard, Error> {
        self.lock_with(Wait::forever())
    }

    /// Takes the lock if that needs no waiting.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] when somebody has it, be it this thread; [`Error::CouldNotOpen`]; [`Error::System`].
    ///
    /// Source in the seed: `acquire(blocking=False)`.
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

    /// Takes the lock, and waits for it at most this long.
    ///
    /// # Errors
    ///
    /// [`Error::TimedOut`], after which the attempt has left nothing behind; and those of [`lock`](Self::lock).
    ///
    /// Source in the seed: `acquire(timeout=...)`.
    pub fn lock_timeout(&self, timeout: Duration) -> Result<Guard, Error> {
        self.lock_with(Wait::at_most(timeout))
    }

    /// Takes the lock, and waits for it at most until then.
    ///
    /// # Errors
    ///
    /// As [`lock_timeout`](Self::lock_timeout).
    pub fn lock_deadline(&self, deadline: Instant) -> Result<Guard, Error> {
        self.lock_with(Wait::until(deadline))
    }

    /// Takes the lock, and waits as it is told.
    ///
    /// # Errors
    ///
    /// [`Error::Cancelled`], after which the attempt has left nothing behind; and those of the other forms.
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
    pub fn lock_with(&self, waiting: Wait<'_>) -> Result<Guard, Error> {
        acquire_from(&self.pool, Mode::Exclusive, &WaitState::new(waiting))
    }

    /// This lock, as one of several for [`lock_all`](super::lock_all).
    #[must_use]
    pub fn to_lock(&self) -> LockRequest {
        LockRequest::new(&self.pool, Mode::Exclusive)
    }
}
