//! Why a lock was not obtained: the path, the reason, the remedy.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::deadlock::Deadlock;
use super::unfair::{UnfairReason, lower};
use super::wait_error::WaitError;

/// Why a lock was not acquired or not converted.
///
/// After an error the call holds nothing that the caller did not hold before, and has lost nothing,
/// except after [`Error::Lost`]. The text names the path, the reason and, where one is known, the
/// remedy. Python's fasteners returns `False` instead.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// Another process or thread holds the lock, or waits for it, and the call must not wait.
    Busy {
        /// The lock.
        path: PathBuf,
    },
    /// The lock was still held at the deadline.
    TimedOut {
        /// The lock.
        path: PathBuf,
        /// The limit of the whole call.
        limit: Duration,
    },
    /// The wait was cancelled by a [`CancelToken`](super::CancelToken).
    Cancelled {
        /// The lock.
        path: PathBuf,
    },
    /// Waiting for the lock would never end. Found on Linux only.
    Deadlock {
        /// The lock.
        path: PathBuf,
        /// What closes the deadlock.
        why: Box<Deadlock>,
    },
    /// A shared lock cannot be upgraded without the risk of losing it. It is held as before.
    CannotUpgrade {
        /// The lock.
        path: PathBuf,
        /// Why there are no gates that every writer sees.
        why: UnfairReason,
    },
    /// An upgrade failed, and the shared lock is lost: a process that locks without fasten acquired
    /// it meanwhile. Nothing is held.
    Lost {
        /// The lock.
        path: PathBuf,
    },
    /// The lock file could not be opened or created.
    CouldNotOpen {
        /// The lock.
        path: PathBuf,
        /// What prevented it.
        why: OpenError,
    },
    /// A system call failed: no memory, no descriptors, no locks left.
    System {
        /// The lock.
        path: PathBuf,
        /// What the library was doing.
        operation: Operation,
        /// The error of the system.
        source: io::Error,
    },
}

/// What the library was doing when the system failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation {
    /// Opening the lock file.
    Open,
    /// Acquiring the lock.
    Lock,
    /// Waiting for it.
    Wait,
    /// Releasing it.
    Unlock,
}

/// Why a lock file could not be opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// It does not exist, and the options forbid creating it.
    Missing,
    /// It cannot be a lock: a FIFO, a socket, a character device.
    WrongKind(&'static str),
    /// It exists and cannot be opened, or its directory does not exist.
    NotOpened(io::Error),
    /// It cannot be locked in the fcntl family: a shared lock needs read permission, an exclusive
    /// lock write permission.
    Access,
    /// It does not exist and cannot be created.
    NotCreated(io::Error),
    /// It is another user's symbolic link to a missing file, in a directory that others can write
    /// to: that user may want this process to create the file.
    ForeignLink,
}

impl Error {
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
            WaitError::Deadlock(why) => Self::Deadlock { path, why },
            WaitError::CannotConvert(why) => Self::CannotUpgrade { path, why },
            WaitError::Lost => Self::Lost { path },
            failed if failed.lacks_access() => Self::CouldNotOpen { path, why: OpenError::Access },
            WaitError::Failed(source) => Self::System { path, operation: Operation::Lock, source },
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy { path } => write!(out, "{}: busy; wait for it or try again later", path.display()),
            Self::TimedOut { path, limit } => {
                write!(out, "{}: busy; gave up after {limit:?}", path.display())
            }
            Self::Cancelled { path } => write!(out, "{}: the wait was cancelled", path.display()),
            Self::Deadlock { path, why } => write!(out, "{}: deadlock: {why}", path.display()),
            Self::CannotUpgrade { path, why } => write!(
                out,
                "{}: cannot be upgraded from shared to exclusive without losing it: {why}; unlock it and lock it again",
                path.display()
            ),
            Self::Lost { path } => write!(
                out,
                "{}: the shared lock was lost to a process that locks without fasten; unlock it and lock it again",
                path.display()
            ),
            Self::CouldNotOpen { path, why } => write!(out, "{}: {why}", path.display()),
            Self::System { path, operation, source } => {
                write!(out, "{}: {operation}: {}", path.display(), lower(source))
            }
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Open => "opening it",
            Self::Lock => "locking it",
            Self::Wait => "waiting for it",
            Self::Unlock => "unlocking it",
        })
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => out.write_str("does not exist and must not be created"),
            Self::WrongKind(kind) => {
                write!(out, "is {kind}: a lock must be a file, a directory or a block device")
            }
            Self::Access => out.write_str(
                "cannot be locked with fcntl: a shared lock needs read permission, an exclusive lock write permission",
            ),
            Self::ForeignLink => out.write_str(
                "is another user's symbolic link to a missing file, in a directory that others can write to; \
                 remove it, or create the file",
            ),
            // The kernel answers so when it has to create a missing `name/`.
            Self::NotOpened(source) if source.raw_os_error() == Some(libc::EISDIR) => {
                out.write_str("does not exist, and only files are created; make the directory first")
            }
            Self::NotOpened(source) => {
                write!(out, "cannot be opened: {}", hint(source, "choose one that may be read or written"))
            }
            Self::NotCreated(source) => {
                write!(out, "cannot be created: {}", hint(source, "its directory must be writable"))
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::System { source, .. }
            | Self::CouldNotOpen {
                why: OpenError::NotOpened(source) | OpenError::NotCreated(source), ..
            } => Some(source),
            _ => None,
        }
    }
}

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

/// The system's message, followed by a remedy where one is known.
fn hint(source: &io::Error, directory: &str) -> String {
    let remedy = match source.kind() {
        io::ErrorKind::NotFound => "its directory must exist",
        io::ErrorKind::PermissionDenied => directory,
        io::ErrorKind::ReadOnlyFilesystem => "choose one in a writable file system",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "make room or choose another file system"
        }
        _ if source.raw_os_error() == Some(libc::EBADF) => "open it first, as in a shell: exec 9>>lock",
        _ => return lower(source),
    };
    format!("{}; {remedy}", lower(source))
}
