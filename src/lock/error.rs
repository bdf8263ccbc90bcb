//! Why a lock was not obtained: the path, the reason, the remedy.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::deadlock::Deadlock;
use super::unfair::{UnfairReason, lower};
use super::wait_error::WaitError;

/// Why a lock was not obtained. Nothing is held after any of these, but for what
/// was held before.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// Somebody holds the lock, or waits for it, and the call was not to wait.
    Busy {
        /// The lock.
        path: PathBuf,
    },
    /// The lock was still held when the time was up.
    TimedOut {
        /// The lock.
        path: PathBuf,
        /// How long the whole call was to wait.
        limit: Duration,
    },
    /// The waiting was called off by [`CancelToken`](super::CancelToken).
    Cancelled {
        /// The lock.
        path: PathBuf,
    },
    /// Waiting for the lock would never end.
    Deadlock {
        /// The lock.
        path: PathBuf,
        /// Why not.
        why: Box<Deadlock>,
    },
    /// A shared lock cannot be made exclusive without the danger of losing it.
    /// It is held as before.
    CannotUpgrade {
        /// The lock.
        path: PathBuf,
        /// Why it has no gates.
        why: UnfairReason,
    },
    /// A shared lock was lost while it was to become exclusive, to a process
    /// that keeps no gates and has it now.
    Lost {
        /// The lock.
        path: PathBuf,
    },
    /// The lock file could not be opened or created.
    CouldNotOpen {
        /// The lock.
        path: PathBuf,
        /// What stood against it.
        why: OpenError,
    },
    /// The system failed: no memory, no descriptors, no locks left.
    System {
        /// The lock.
        path: PathBuf,
        /// What was being done.
        operation: Operation,
        /// The system's own word.
        source: io::Error,
    },
}

/// What was being done when the system failed.
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
    /// It does not exist and was not to be created.
    Missing,
    /// It is something that cannot be a lock: a FIFO, a socket, a character device.
    WrongKind(&'static str),
    /// It exists, or its folder does not, and it cannot be opened.
    NotOpened(io::Error),
    /// A lock of the fcntl family needs permission to read it to be shared, and
    /// to write it to be exclusive.
    Access,
    /// It does not exist and cannot be created.
    NotCreated(io::Error),
    /// It is another user's symbolic link to a file that does not exist, in a directory that others
    /// can write to: that user may have chosen the file.
    ForeignLink,
}

impl Error {
    pub(crate) fn refused(path: &Path, why: WaitError) -> Self {
        let path = path.to_owned();
        match why {
            WaitError::Busy | WaitError::YieldToUpgrade | WaitError::ReadsBelow | WaitError::Moved => {
                Self::Busy { path }
            }
            WaitError::TimedOut(limit) => Self::TimedOut { path, limit },
            WaitError::Cancelled => Self::Cancelled { path },
            WaitError::Deadlock(why) => Self::Deadlock { path, why },
            WaitError::CannotConvert(why) => Self::CannotUpgrade { path, why },
            WaitError::Lost => Self::Lost { path },
            failed if failed.is_for_want_of_access() => Self::CouldNotOpen { path, why: OpenError::Access },
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
            // That is what the kernel says of a missing `name/` that it is to create.
            Self::ForeignLink => out.write_str(
                "is another user's symbolic link to a missing file, in a directory that others can write to; \
                 remove it, or create the file",
            ),
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
    /// With the kind that fits best, and the whole text.
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

/// The system's word with a remedy behind it, where one is known.
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
