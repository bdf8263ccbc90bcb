//! The guard of a lock between processes.

use std::fmt;
use std::marker::PhantomData;
use std::os::fd::BorrowedFd;
use std::path::Path;
use std::rc::Rc;

use super::held_lock::HeldLock;
use super::shared_guard::SharedGuard;
use super::thread_queue::Key;
use crate::lock::{Error, UnfairReason, Wait, WaitState};
use crate::mode::Mode;

/// A lock between processes that is held until this guard is dropped.
///
/// A guard cannot leave the thread that acquired the lock, so no other thread can release it. If a
/// thread acquires a lock that it already holds (with [`Nested::Join`](crate::Nested::Join), or a
/// reader that reads again), the lock is released with the last of its guards.
///
/// - **Panic**: a guard that a panic drops releases the lock. There is no poisoning.
/// - **Crash**: the kernel releases the lock when this process has ended, however it ended, and
///   when every process that inherited the descriptor has ended too.
/// - **Fork**: a copy of the guard in a forked child releases nothing. If the parent dies, the
///   child keeps the lock held for as long as it has the descriptor, which exec closes. If the
///   parent releases the lock, it is released for the child too.
/// - **Forgotten** ([`std::mem::forget`]): the lock stays held until the process ends.
///
/// Python's fasteners: `acquire()` with `release()`, and the context managers.
///
/// A guard does not borrow its lock object, so it can be a field. Fields are dropped in the order
/// of their declaration, so what the lock protects comes first and the guard last:
///
/// ```
/// # let path = std::env::temp_dir().join(format!("journal-{}", std::process::id()));
/// use fasten::{Guard, InterProcessLock};
/// use std::fs::File;
/// use std::io::{self, BufWriter, ErrorKind, Write};
/// use std::path::Path;
///
/// struct Journal {
///     file: BufWriter<File>,
///     _guard: Guard,
/// }
///
/// impl Journal {
///     fn open(path: &Path) -> io::Result<Self> {
///         let guard = InterProcessLock::new(path.with_extension("lock")).try_lock()?;
///         let file = File::options().append(true).create(true).open(path)?;
///         Ok(Self { file: BufWriter::new(file), _guard: guard })
///     }
/// }
///
/// let mut journal = Journal::open(&path)?;
/// writeln!(journal.file, "started")?;
/// assert_eq!(Journal::open(&path).err().map(|error| error.kind()), Some(ErrorKind::WouldBlock));
/// drop(journal); // first the line is written, then the lock is released
/// assert_eq!(std::fs::read_to_string(&path)?, "started\n");
/// Journal::open(&path)?;
/// # std::fs::remove_file(&path)?;
/// # std::fs::remove_file(path.with_extension("lock"))?;
/// # Ok::<(), io::Error>(())
/// ```
///
/// A guard stays in its thread; a [`SharedGuard`] may leave it:
///
/// ```compile_fail,E0277
/// let guard = fasten::InterProcessLock::new("app.lock").lock().unwrap();
/// std::thread::spawn(move || drop(guard));
/// ```
#[must_use = "the lock is released as soon as the guard is dropped"]
pub struct Guard {
    held: Rc<HeldLock>,
    _stays: GuardStaysInItsThread,
}

/// The compiler names this type when a guard is sent to another thread. Make it a [`SharedGuard`] with
/// [`into_shared`](Guard::into_shared), which any thread may release.
#[derive(Debug, Default)]
struct GuardStaysInItsThread(PhantomData<*const ()>);

impl Guard {
    pub(super) fn new(held: Rc<HeldLock>) -> Self {
        Self { held, _stays: GuardStaysInItsThread::default() }
    }

    /// Which lock this is.
    pub(super) fn key(&self) -> Key {
        self.held.lease.key()
    }

    /// Whether the path still leads to the file that is locked.
    pub(super) fn is_still_there(&self) -> bool {
        self.held.lease.is_still_there()
    }

    /// How the lock is held: alone, or together with other readers. All guards of this lock in this
    /// thread have the same mode: upgrading one of them upgrades them all.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.held.lease.mode()
    }

    /// The path of the lock, as it was given to the lock object.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.held.lease.path()
    }

    /// The slots that are held of an [`InterProcessSemaphore`](crate::InterProcessSemaphore).
    #[must_use]
    pub fn slots(&self) -> Vec<u32> {
        self.held.lease.slots()
    }

    /// Whether the lock is still held, in this guard's mode: the kernel is asked. `false` after an
    /// upgrade failed with [`Error::Lost`], and if another program or process unlocked an inherited
    /// descriptor. Where the kernel shows no locks (without /proc, on a network file system), only
    /// the first case is known.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.held.lease.is_held()
    }

    /// Whether an ancestor of this process acquired the lock, and this process inherited its
    /// descriptor ([`Nested::Join`](crate::Nested::Join)). The ancestor's lock stays held until the
    /// last process that joined it has released it.
    #[must_use]
    pub fn is_borrowed(&self) -> bool {
        self.held.lease.is_borrowed()
    }

    /// The descriptor that holds the lock; it is close-on-exec. If another process inherits a
    /// duplicate of it, the lock stays held until that process ends, even if this one dies.
    /// `None` if an ancestor holds the lock ([`Nested::Join`](crate::Nested::Join)).
    #[must_use]
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.held.lease.descriptor()
    }

    /// Why the lock was acquired first come, first served, although readers and writers were to
    /// take turns. `None` if they did, or if no order was asked for.
    #[must_use]
    pub fn unfair_reason(&self) -> Option<UnfairReason> {
        self.held.lease.unfair_reason()
    }

    /// Why other requests could not leave while this one waited, although they were to
    /// [coalesce](crate::LockOptions::coalesce). `None` if they could, or if it did not wait.
    #[must_use]
    pub fn uncoalesced_reason(&self) -> Option<UnfairReason> {
        self.held.lease.uncoalesced_reason()
    }

    /// Turns a shared lock into an exclusive one, with no other writer in between. Waits as `wait`
    /// says until the other readers have released the lock. Returns at once if the lock is already
    /// exclusive.
    ///
    /// # Errors
    ///
    /// After any of them, except [`Error::Lost`], the lock is still held shared.
    ///
    /// - [`Error::Deadlock`] if another reader, a thread or a process, is already upgrading: each
    ///   would wait for the other one, so this one fails even with [`Wait::never`]. Release this
    ///   guard, then acquire the lock exclusively. Also if this process inherited the lock as a
    ///   reader ([`Nested::Join`](crate::Nested::Join)), if an ancestor that waits for this process
    ///   reads too, or if the wait closes a cycle of processes.
    /// - [`Error::TimedOut`] and [`Error::Cancelled`], as the wait says; [`Error::Busy`] with
    ///   [`Wait::never`].
    /// - [`Error::CannotUpgrade`] if the lock has no gates, as with a file that cannot be opened
    ///   for writing or on a network file system.
    /// - [`Error::Lost`] if a program that does not respect gates, such as flock(1), acquired the
    ///   lock during the upgrade. Then nothing is held.
    /// - [`Error::CouldNotOpen`] if the lock is one of fcntl(2) and the file cannot be written;
    ///   [`Error::System`] if a system call fails.
    ///
    /// The idea is that of `parking_lot`'s `RwLockUpgradableReadGuard`; here every reader can try.
    ///
    /// ```
    /// # let path = std::env::temp_dir().join(format!("upgrade-{}", std::process::id()));
    /// use fasten::{InterProcessReaderWriterLock, Mode, Wait};
    ///
    /// let lock = InterProcessReaderWriterLock::new(&path);
    /// let guard = lock.read()?;
    /// guard.upgrade(Wait::forever())?;
    /// assert_eq!(guard.mode(), Mode::Exclusive);
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), fasten::Error>(())
    /// ```
    pub fn upgrade<'a>(&self, wait: impl Into<Wait<'a>>) -> Result<(), Error> {
        self.held.lease.upgrade(&WaitState::new(wait.into()))
    }

    /// Turns an exclusive lock into a shared one, with no other writer in between. Never waits.
    /// Returns at once if the lock is already shared.
    ///
    /// # Errors
    ///
    /// [`Error::System`] if a system call fails, or [`Error::CouldNotOpen`] if the lock is one of
    /// fcntl(2) and the file cannot be read; then the lock is still held exclusively.
    pub fn downgrade(&self) -> Result<(), Error> {
        self.held.lease.downgrade()
    }

    /// Leaves the gates: this process is about to exec another program. Exec would drop the gates
    /// of this process, and no process would remove the gate file.
    #[doc(hidden)]
    pub fn leave_gates(&self) {
        self.held.lease.leave_gates();
    }

    /// Makes it a guard that may leave this thread, and that any thread may drop. The lock stays
    /// held all the while. From then on it is no lock of this thread: see [`SharedGuard`].
    ///
    /// # Errors
    ///
    /// The guard itself, unchanged, if this thread has other guards of the same lock, by
    /// [`Nested::Join`](crate::Nested::Join) or as a reader that reads again: they cannot leave the
    /// thread. Nothing else fails.
    ///
    /// ```
    /// # let path = std::env::temp_dir().join(format!("into-shared-{}", std::process::id()));
    /// let guard = fasten::InterProcessLock::new(&path).lock()?;
    /// let guard = guard.into_shared().expect("this thread has one guard of it");
    /// std::thread::spawn(move || drop(guard)).join().unwrap();
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), fasten::Error>(())
    /// ```
    pub fn into_shared(self) -> Result<SharedGuard, Self> {
        self.held.leave_thread().map(SharedGuard::new).map_err(Self::new)
    }

    /// Closes this process's descriptor without unlocking it. The lock stays held by the processes
    /// that inherited the descriptor, until the last of them has closed it; without any, it is
    /// released. With several guards of one lock in this thread, that happens when the last one is
    /// gone. The idea is that of flock(1), whose command inherits the lock.
    pub fn detach(self) {
        self.held.lease.detach();
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Guard")
            .field("path", &self.path())
            .field("mode", &self.mode())
            .finish_non_exhaustive()
    }
}
