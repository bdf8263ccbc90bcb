//! The guard of a lock on a descriptor that the caller opened.

use std::marker::PhantomData;
use std::os::fd::{AsFd, BorrowedFd};

use super::acquire::Acquired;
use super::deadlock::Deadlock;
use super::error::Error;
use super::file::LockFile;
use super::held::Held;
use super::main_lock;
use super::request::Nested;
use super::share::Joined;
use super::unfair::UnfairReason;
use super::wait::Wait;
use super::wait_error::WaitError;
use super::wait_state::WaitState;
use crate::mode::Mode;

/// A lock on a descriptor that the caller opened, held until this is dropped.
///
/// The drop releases the lock, for all processes that have the descriptor; a lock that the
/// descriptor held before the call is restored instead. If other processes run commands under the
/// same open file, the last of them does so. [`detach`](Self::detach) keeps the lock.
///
/// - **Panic**: unwinding drops the guard.
/// - **Crash**: the lock stays as long as any process has the descriptor.
/// - **Fork**: the copy in a forked child releases nothing.
///
/// Python's fasteners has nothing like it; the model is `flock NUMBER` of flock(1).
#[derive(Debug)]
#[must_use = "the lock is released as soon as the guard is dropped"]
pub struct DescriptorGuard<'a> {
    held: Option<Held>,
    joined: Option<Joined>,
    /// The caller's descriptor, where the lock is held shared through a second open file.
    descriptor: Option<LockFile>,
    nested: Nested,
    /// Whether an upgrade has lost the lock.
    is_lost: bool,
    /// One guard at a time: two could be dropped in the wrong order.
    lock: PhantomData<&'a mut ()>,
}

impl From<Acquired> for DescriptorGuard<'_> {
    fn from(acquired: Acquired) -> Self {
        match acquired {
            Acquired::Held(held) => Self::new(Some(held)),
            Acquired::Joined(_, joined) => Self::joined(joined),
        }
    }
}

impl DescriptorGuard<'_> {
    pub(crate) fn new(held: Option<Held>) -> Self {
        Self {
            held,
            joined: None,
            descriptor: None,
            nested: Nested::Refuse,
            is_lost: false,
            lock: PhantomData,
        }
    }

    /// For an inherited lock that suffices.
    fn joined(joined: Joined) -> Self {
        Self { joined: Some(joined), ..Self::new(None) }
    }

    /// For a shared lock through a second open file, which leaves the descriptor unchanged.
    pub(crate) fn beside(held: Held, descriptor: LockFile) -> Self {
        Self { descriptor: Some(descriptor), ..Self::new(Some(held)) }
    }

    /// What to do about a deadlock in an upgrade.
    pub(crate) fn with_nested(self, nested: Nested) -> Self {
        Self { nested, ..self }
    }

    /// Turns a shared lock into an exclusive one, with no other writer in between; see
    /// [`Guard::upgrade`](crate::Guard::upgrade). Returns at once if it is exclusive already.
    ///
    /// # Errors
    ///
    /// Those of [`Guard::upgrade`](crate::Guard::upgrade); [`Error::CouldNotOpen`] if the lock is
    /// one of fcntl(2) and the descriptor is not open for writing.
    pub fn upgrade<'w>(&mut self, wait: impl Into<Wait<'w>>) -> Result<(), Error> {
        if let Some(joined) = &self.joined {
            let why = WaitError::Deadlock(Box::new(Deadlock::Inherited));
            let is_exclusive = joined.mode() == Mode::Exclusive;
            return if is_exclusive { Ok(()) } else { Err(Error::refused(&joined.lock().path, why)) };
        }
        let Some(held) = self.held.as_mut().filter(|held| held.mode() == Mode::Shared) else { return Ok(()) };
        let upgraded = if self.is_lost {
            Err(WaitError::Lost)
        } else if self.descriptor.is_some() {
            // What the descriptor itself holds cannot be seen, and would be waited for.
            Err(WaitError::CannotConvert(UnfairReason::NotVisible))
        } else {
            held.upgrade_on_descriptor(self.nested, &WaitState::new(wait.into()))
        };
        self.is_lost = matches!(upgraded, Err(WaitError::Lost));
        upgraded.map_err(|why| Error::refused(&held.lock().path, why))
    }

    /// Turns an exclusive lock into a shared one, with no other writer in between. Never waits.
    /// Returns at once if it is shared already.
    ///
    /// # Errors
    ///
    /// [`Error::System`] if a system call fails, or [`Error::CouldNotOpen`] if the lock is one of
    /// fcntl(2) and the descriptor is not open for reading; then the lock is still held
    /// exclusively.
    pub fn downgrade(&mut self) -> Result<(), Error> {
        let Some(held) = self.held.as_ref().filter(|held| held.mode() == Mode::Exclusive) else {
            return Ok(());
        };
        held.downgrade().map_err(|why| Error::refused(&held.lock().path, why))
    }

    /// Announces a command that is about to run under the lock, perhaps beside others under the
    /// same open file: the last of them releases the lock.
    #[doc(hidden)]
    pub fn share(&mut self) {
        if let Some(held) = &mut self.held {
            held.share();
        }
    }

    /// Whether the lock is an inherited one that this process has joined.
    #[doc(hidden)]
    #[must_use]
    pub fn is_joined(&self) -> bool {
        self.joined.is_some()
    }

    /// Drops the gates, for this process is about to exec the command: exec would drop them without
    /// removing the gate file.
    #[doc(hidden)]
    pub fn leave_gates(&mut self) {
        if let Some(held) = &mut self.held {
            held.forget_share();
            held.leave_gates();
        }
    }

    /// The descriptor that a command has to inherit to keep the lock, if it is not the one that was
    /// locked; otherwise `None`.
    #[doc(hidden)]
    #[must_use]
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.descriptor.as_ref()?;
        self.held.as_ref().map(|held| held.lock().file.as_fd())
    }

    /// How the lock is held.
    #[must_use]
    pub fn mode(&self) -> Mode {
        let joined = self.joined.as_ref().map_or(Mode::Exclusive, Joined::mode);
        self.held.as_ref().map_or(joined, Held::mode)
    }

    /// Why the lock was acquired first come, first served, although an order was asked for; `None`
    /// if it was acquired in order.
    #[must_use]
    pub fn unfair_reason(&self) -> Option<UnfairReason> {
        self.held.as_ref().and_then(Held::unfair_reason)
    }

    /// Keeps the lock held through the descriptor: it is released when the last process closes the
    /// descriptor, or unlocks it. Gates are dropped.
    ///
    /// # Panics
    ///
    /// If the system refuses a second shared lock beside one that is held, because it has no memory
    /// or no locks left.
    pub fn detach(self) {
        if let Some(descriptor) = &self.descriptor {
            let locked = main_lock::lock(descriptor, Mode::Shared, &WaitState::new(Wait::forever()));
            assert!(locked.is_ok(), "the descriptor cannot be locked: {locked:?}");
        }
        if let Some(held) = self.held {
            held.close();
        }
        drop(self.joined);
    }
}
