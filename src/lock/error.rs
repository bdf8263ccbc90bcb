//! Why a lock was not obtained: the path, the reason, the remedy.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::deadlock::Deadlock;
use super::errno_words::lower;
use super::open_error::OpenError;
use super::operation::Operation;
use super::unfair::UnfairReason;
use super::wait_error::WaitError;
use crate::holders::Waiter;
use crate::mode::Mode;
use crate::thread::LockError;

/// Why a lock was not acquired or not converted.
///
/// After an error the call holds nothing that the caller did not hold before, and has lost nothing,
/// except after [`Error::Lost`]. The text names the path, the reason and, where one is known, the
/// remedy. Python's fasteners returns `False` instead.
///
/// As a [`std::io::Error`] it keeps its text and has this kind:
///
/// | error | kind |
/// | --- | --- |
/// | `Busy` | `WouldBlock` |
/// | `TimedOut` | `TimedOut` |
/// | `Cancelled` | `Other`; never `Interrupted`, which callers repeat |
/// | `Deadlock` | `Deadlock` |
/// | `Covered`, `CannotUpgrade`, `Lost` | `Other` |
/// | `CouldNotOpen` | that of the system's error; `NotFound` if missing, `PermissionDenied` for want of access, otherwise `Other` |
/// | `System` | that of the system's error |
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// Another process or thread holds the lock, or waits for it, and the call must not wait.
    #[non_exhaustive]
    Busy {
        /// The lock.
        path: PathBuf,
    },
    /// The lock was still held at the deadline.
    #[non_exhaustive]
    TimedOut {
        /// The lock.
        path: PathBuf,
        /// The limit of the whole call.
        limit: Duration,
    },
    /// The wait was cancelled by a [`CancelToken`](super::CancelToken).
    #[non_exhaustive]
    Cancelled {
        /// The lock.
        path: PathBuf,
    },
    /// Another request that [coalesces](crate::LockOptions::coalesce) waits for the lock. It acquires
    /// the lock after this call, so what it does then covers this request.
    #[non_exhaustive]
    Covered {
        /// The lock.
        path: PathBuf,
        /// The process that waits; `None` if it cannot be seen, as from another container.
        waiter: Option<Waiter>,
    },
    /// Waiting for the lock would never end. Between processes, this is found on Linux only.
    #[non_exhaustive]
    Deadlock {
        /// The lock.
        path: PathBuf,
        /// What closes the deadlock.
        why: Deadlock,
    },
    /// A shared lock cannot be upgraded without the risk of losing it. It is held as before.
    #[non_exhaustive]
    CannotUpgrade {
        /// The lock.
        path: PathBuf,
        /// Why there are no gates that every writer sees.
        why: UnfairReason,
    },
    /// An upgrade failed, and the shared lock is lost: a process that locks without fasten acquired
    /// it meanwhile. Nothing is held.
    #[non_exhaustive]
    Lost {
        /// The lock.
        path: PathBuf,
    },
    /// The lock file could not be opened or created.
    #[non_exhaustive]
    CouldNotOpen {
        /// The lock.
        path: PathBuf,
        /// What prevented it.
        why: OpenError,
    },
    /// A system call failed: no memory, no descriptors, no locks left.
    #[non_exhaustive]
    System {
        /// The lock.
        path: PathBuf,
        /// What the library was doing.
        operation: Operation,
        /// The error of the system.
        source: io::Error,
    },
}

impl Error {
    /// The path of the lock.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Busy { path }
            | Self::TimedOut { path, .. }
            | Self::Cancelled { path }
            | Self::Covered { path, .. }
            | Self::Deadlock { path, .. }
            | Self::CannotUpgrade { path, .. }
            | Self::Lost { path }
            | Self::CouldNotOpen { path, .. }
            | Self::System { path, .. } => path,
        }
    }

    /// Whether the lock was not free and the call did not wait.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Busy { .. })
    }

    /// Whether the lock was not free at the deadline.
    #[must_use]
    pub fn is_timed_out(&self) -> bool {
        matches!(self, Self::TimedOut { .. })
    }

    /// Whether a [`CancelToken`](super::CancelToken) ended the wait.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled { .. })
    }

    /// Whether another request waits to run, and covers this one.
    #[must_use]
    pub fn is_covered(&self) -> bool {
        matches!(self, Self::Covered { .. })
    }

    /// For the command, which makes some of its own.
    #[doc(hidden)]
    #[must_use]
    pub fn system(path: &Path, operation: Operation, source: io::Error) -> Self {
        Self::System { path: path.to_owned(), operation, source }
    }

    /// For the command, which opens some files itself.
    #[doc(hidden)]
    #[must_use]
    pub fn could_not_open(path: &Path, why: OpenError) -> Self {
        Self::CouldNotOpen { path: path.to_owned(), why }
    }

    /// Adds the path to the end of a wait. A reason that the library answers itself by another
    /// attempt becomes `Busy` here.
    pub(crate) fn refused(path: &Path, why: WaitError) -> Self {
        let path = path.to_owned();
        match why {
            WaitError::Busy | WaitError::YieldToUpgrade | WaitError::BelowReader | WaitError::Moved => {
                Self::Busy { path }
            }
            WaitError::TimedOut(limit) => Self::TimedOut { path, limit },
            WaitError::Cancelled => Self::Cancelled { path },
            WaitError::Covered(waiter) => Self::Covered { path, waiter: waiter.map(|waiter| *waiter) },
            WaitError::Deadlock(why) => Self::Deadlock { path, why: *why },
            WaitError::CannotConvert(why) => Self::CannotUpgrade { path, why },
            WaitError::Lost => Self::Lost { path },
            failed if failed.lacks_access() => Self::CouldNotOpen { path, why: OpenError::Access },
            WaitError::Failed(source) => Self::System { path, operation: Operation::Lock, source },
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The lock of a thread has no path.
        match self.path() {
            path if path.as_os_str().is_empty() => out.write_str("the lock: ")?,
            path => write!(out, "{}: ", path.display())?,
        }
        match self {
            Self::Busy { .. } => out.write_str("busy"),
            Self::TimedOut { limit, .. } if limit.is_zero() => out.write_str("busy; the time is up"),
            Self::TimedOut { limit, .. } => write!(out, "busy; gave up after {limit:?}"),
            Self::Cancelled { .. } => out.write_str("the wait was cancelled"),
            Self::Covered { waiter: Some(waiter), .. } => {
                write!(out, "covered by {waiter}, which waits to run")
            }
            Self::Covered { .. } => out.write_str("covered by another request, which waits to run"),
            Self::Deadlock { why, .. } => write!(out, "deadlock: {why}"),
            Self::CannotUpgrade { why, .. } => write!(
                out,
                "cannot be upgraded from shared to exclusive without losing it: {why}; unlock it and lock it again",
            ),
            Self::Lost { .. } => out.write_str(
                "the shared lock was lost to a process that locks without fasten; unlock it and lock it again",
            ),
            Self::CouldNotOpen { why, .. } => write!(out, "{why}"),
            Self::System { operation, source, .. } => {
                write!(out, "{operation}: {}", lower(source))
            }
        }
    }
}

/// The text is complete, so there is no source, which a chain of errors would print once more: the
/// system's error is in [`Error::System`] and [`OpenError`].
impl std::error::Error for Error {}

impl From<Error> for io::Error {
    /// Keeps the text, and chooses the closest kind.
    fn from(error: Error) -> Self {
        let kind = match &error {
            Error::Busy { .. } => io::ErrorKind::WouldBlock,
            Error::TimedOut { .. } => io::ErrorKind::TimedOut,
            Error::Deadlock { .. } => io::ErrorKind::Deadlock,
            Error::CouldNotOpen { why: OpenError::Missing, .. } => io::ErrorKind::NotFound,
            Error::CouldNotOpen { why: OpenError::Access, .. } => io::ErrorKind::PermissionDenied,
            Error::System { source, .. }
            | Error::CouldNotOpen {
                why: OpenError::NotOpened(source) | OpenError::NotCreated(source), ..
            } => source.kind(),
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

impl From<LockError> for Error {
    /// An error without a path, and without a limit.
    fn from(error: LockError) -> Self {
        let path = PathBuf::new();
        match error {
            LockError::TimedOut => Self::TimedOut { path, limit: Duration::ZERO },
            LockError::Deadlock => Self::Deadlock { path, why: Deadlock::HeldByThisThread(Mode::Shared) },
            LockError::Busy => Self::Busy { path },
        }
    }
}
