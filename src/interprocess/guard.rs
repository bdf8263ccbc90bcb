//! What a thread holds between processes.

use std::fmt;
use std::os::fd::BorrowedFd;
use std::path::Path;
use std::rc::Rc;

use super::held_lock::HeldLock;
use super::thread_queue::Key;
use crate::lock::{Error, UnfairReason, Wait, WaitState};
use crate::mode::Mode;

/// A process lock that is held, until this is dropped.
///
/// It stays in the thread that took it, so the lock cannot be released in the wrong hands. Where a thread got a lock
/// again that it had ([`Nested::Join`](crate::Nested::Join), or reading while it reads), the lock goes with the last of its guards.
///
/// - **Panic**: a guard dropped by a panic releases. There is no poisoning.
/// - **Crash**: the kernel frees the lock when the process is gone, however it went, and with it every process that has
///   inherited the descriptor.
/// - **Fork**: the copy in a forked child releases nothing. The child keeps the lock held, if its parent dies, for as long as it
///   keeps the descriptor; exec closes it. A release in the parent frees it for all.
/// - **Forgotten** ([`std::mem::forget`]): the lock stays held until the process ends.
///
/// Source in the seed: `acquire()` with `release()`, and the context managers.
///
/// ```compile_fail,E0277
/// let guard = fasten::InterProcessLock::new("app.lock").lock().unwrap();
/// std::thread::spawn(move || drop(guard));
/// ```
#[must_use = "the lock is released as soon as the guard is dropped"]
pub struct Guard {
    held: Rc<HeldLock>,
}

impl Guard {
    pub(super) fn new(held: Rc<HeldLock>) -> Self {
        Self { held }
    }

    /// Which lock it is.
    pub(super) fn key(&self) -> Key {
        self.held.key()
    }

    /// Whether its path still leads to it.
    pub(super) fn is_still_there(&self) -> bool {
        self.held.is_still_there()
    }

    /// How the lock is held: alone or together with other readers. One guard that is upgraded upgrades them all that this
    /// thread has of the lock.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.held.mode()
    }

    /// The path that led to the lock.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.held.path()
    }

    /// Whether the lock is held still: no only after an upgrade that ended with [`Error::Lost`].
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.held.is_held()
    }

    /// The descriptor that the lock hangs on, close-on-exec. A process that inherits a duplicate of it keeps the lock held when
    /// this one dies. `None` if the lock is an ancestor's ([`Nested::Join`](crate::Nested::Join)).
    #[must_use]
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.held.descriptor()
    }

    /// Why the lock was acquired first come, first served, if an order was asked for and could not be had.
    #[must_use]
    pub fn unfair_reason(&self) -> Option<UnfairReason> {
        self.held.unfair_reason()
    }

    /// From reading to writing, with nobody writing in between: waits until the other readers are gone.
    ///
    /// At once if this is a writer's already.
    ///
    /// # Errors
    ///
    /// Those of taking the lock, and the guard reads as before: [`Error::Deadlock`] when another reader, a thread or a
    /// process, upgrades already, for each would wait for the other one; release this one then, and take the lock to write.
    /// [`Error::CannotUpgrade`] where there are no gates (a file that cannot be opened for writing, a network file system). After
    /// [`Error::Lost`] nothing is held: a program that locks without fasten got in between.
    ///
    /// ```
    /// # let path = std::env::temp_dir().join(format!("upgrade-{}", std::process::id()));
    /// use fasten::{InterProcessReaderWriterLock, Mode, Wait};
    ///
    /// let lock = InterProcessReaderWriterLock::new(&path);
    /// let guard = lock.read()?;
    /// guard.upgrade(Wait::forever())?;
    /// assert_eq!(guard.mode(), Mode::Exclusive);
    /// guard.downgrade()?;
    /// assert_eq!(guard.mode(), Mode::Shared);
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), fasten::Error>(())
    /// ```
    pub fn upgrade(&self, waiting: Wait<'_>) -> Result<(), Error> {
        self.held.upgrade(&WaitState::new(waiting))
    }

    /// From writing to reading, with nobody writing in between. At once if this is a reader's already.
    ///
    /// # Errors
    ///
    /// [`Error::System`]; the guard writes as before.
    pub fn downgrade(&self) -> Result<(), Error> {
        self.held.downgrade()
    }

    /// This process is about to become another program, with which its gates would be lost, and their
    /// file left.
    #[doc(hidden)]
    pub fn leave_gates(&self) {
        self.held.leave_gates();
    }

    /// Closes our descriptor without unlocking: whoever has inherited it keeps the lock, and the last one to go frees it.
    pub fn detach(self) {
        self.held.detach();
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
