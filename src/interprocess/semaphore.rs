//! A semaphore for the threads of all processes.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::file_pool::FilePool;
use super::lock_request::LockRequest;
use super::obtain::acquire_slots;
use super::options::LockOptions;
use super::slot_guard::SlotGuard;
use crate::holders::{self, Report};
use crate::lock::{Error, Slots, Wait, WaitState};
use crate::thread::Preference;

/// A semaphore on a file: at most N holders at a time, in all processes together. Each holder has a
/// slot of its own, with a number from 0 to N-1: a processor, a port, a graphics card.
///
/// It is the lock that `fasten slot` takes. A holder gets the lowest slot that is free. Those that
/// wait are served first come, first served, also one that needs several slots. A writer of an
/// [`InterProcessReaderWriterLock`](super::InterProcessReaderWriterLock) on the same file, or an
/// [`InterProcessLock`](super::InterProcessLock), waits for the holders of all slots, and holds back
/// new ones; readers run beside them.
///
/// All users of the file should give the same N. One with a smaller N uses the first slots only.
///
/// Slots belong to their guard and to no thread. It is not reentrant: a thread that acquires twice
/// has two slots, and one that waits for a slot that only it could release waits without end.
///
/// The file needs to be writable, and is opened for writing, because slots are exclusive locks on
/// its bytes; nothing is written. The options must name [`Family::Flock`](crate::Family::Flock),
/// which is the default, and their preference has no effect. A wait takes a thread for each slot.
/// Only Linux has slots.
///
/// - **Panic**, **crash** and **fork**: see [`SlotGuard`].
///
/// Python's fasteners has nothing like it; the idea is that of GNU sem, and of `BoundedSemaphore` in
/// Python's portalocker.
///
/// ```
/// # let path = std::env::temp_dir().join(format!("semaphore-{}", std::process::id()));
/// use fasten::InterProcessSemaphore;
///
/// let cards = InterProcessSemaphore::new(&path, 2);
/// let (one, other) = (cards.acquire()?, cards.acquire()?);
/// assert_eq!((one.slot(), other.slot()), (0, 1));
/// assert!(cards.try_acquire().unwrap_err().is_busy());
/// drop(one);
/// assert_eq!(cards.try_acquire()?.slot(), 0);
/// # drop(other);
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), fasten::Error>(())
/// ```
#[doc(alias = "Semaphore")]
#[doc(alias = "sem_open")]
#[derive(Clone)]
pub struct InterProcessSemaphore {
    pub(super) pool: Arc<FilePool>,
    count: u32,
}

impl InterProcessSemaphore {
    /// The most slots that a semaphore can have: a waiter needs a thread for each of them.
    pub const MAX_SLOTS: u32 = 4096;

    /// The semaphore on this file with so many slots, with the [default options](LockOptions::new).
    /// Opens nothing yet.
    ///
    /// # Panics
    ///
    /// If the number is 0 or greater than [`MAX_SLOTS`](Self::MAX_SLOTS).
    pub fn new(path: impl Into<PathBuf>, slots: u32) -> Self {
        Self::with_options(path, slots, LockOptions::new())
    }

    /// The semaphore on this file with so many slots. Opens nothing yet.
    ///
    /// # Panics
    ///
    /// If the number is 0 or greater than [`MAX_SLOTS`](Self::MAX_SLOTS).
    pub fn with_options(path: impl Into<PathBuf>, slots: u32, options: LockOptions) -> Self {
        assert!((1..=Self::MAX_SLOTS).contains(&slots), "a semaphore has 1 to 4096 slots, not {slots}");
        let options = options.with_slots(slots);
        Self { pool: FilePool::new(path.into(), options, Some(Preference::PhaseFair)), count: slots }
    }

    /// Finds the processes that hold slots, and those that wait for one. Acquires nothing; see
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

    /// How many slots it has.
    #[must_use]
    pub fn slots(&self) -> u32 {
        self.count
    }

    /// Acquires a slot. Waits until one is free and no other waiter came before.
    ///
    /// # Errors
    ///
    /// - [`Error::Deadlock`] if this thread holds the lock exclusively, or if the wait [certainly
    ///   never ends](crate::Nested): ancestors that wait for this process hold all slots, or hold the
    ///   lock exclusively.
    /// - [`Error::CouldNotOpen`] if the lock file cannot be opened for writing, or not be created.
    /// - [`Error::System`] if a system call fails, for example for lack of threads; always on systems
    ///   other than Linux.
    pub fn acquire(&self) -> Result<SlotGuard, Error> {
        self.acquire_many(1, Wait::forever())
    }

    /// Acquires a slot if one is free and nobody waits for one. Never waits.
    ///
    /// # Errors
    ///
    /// - [`Error::Busy`] if no slot is free, if another process or thread waits for one, or if a
    ///   writer holds the lock or waits for it.
    /// - [`Error::CouldNotOpen`] and [`Error::System`], as for [`acquire`](Self::acquire).
    pub fn try_acquire(&self) -> Result<SlotGuard, Error> {
        self.acquire_many(1, Wait::never())
    }

    /// Acquires a slot. Waits at most `timeout`, for the whole call.
    ///
    /// # Errors
    ///
    /// - [`Error::TimedOut`], after which nothing of the request is left.
    /// - Those of [`acquire`](Self::acquire).
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<SlotGuard, Error> {
        self.acquire_many(1, Wait::at_most(timeout))
    }

    /// Acquires so many slots: all of them, or none. Waits as `wait` says. Others wait behind it
    /// meanwhile, so it does not starve.
    ///
    /// # Errors
    ///
    /// - [`Error::TimedOut`] and [`Error::Cancelled`], as the wait says; [`Error::Busy`] with
    ///   [`Wait::never`].
    /// - Those of [`acquire`](Self::acquire).
    ///
    /// # Panics
    ///
    /// If the number is 0 or greater than that of the slots.
    pub fn acquire_many<'a>(&self, take: u32, wait: impl Into<Wait<'a>>) -> Result<SlotGuard, Error> {
        acquire_slots(&self.pool, self.wanted(take), &WaitState::new(wait.into())).map(SlotGuard::new)
    }

    /// A request for so many slots, for [`lock_all`](super::lock_all).
    ///
    /// # Panics
    ///
    /// If the number is 0 or greater than that of the slots.
    #[must_use]
    pub fn request(&self, take: u32) -> LockRequest {
        LockRequest::for_slots(&self.pool, self.wanted(take))
    }

    pub(super) fn wanted(&self, take: u32) -> Slots {
        assert!((1..=self.count).contains(&take), "{take} of {} slots cannot be acquired", self.count);
        Slots { count: self.count, take }
    }
}

impl fmt::Debug for InterProcessSemaphore {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("InterProcessSemaphore")
            .field("path", &self.path())
            .field("slots", &self.count)
            .finish_non_exhaustive()
    }
}
