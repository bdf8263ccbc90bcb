//! Why a lock was not obtained: the path, the reason, the remedy.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::deadlock::Endless;
use super::unfair::Unordered;
use super::wait_error::GaveUp;

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
    /// The waiting was called off by [`Cancel`](super::Cancel).
    Cancelled {
        /// The lock.
        path: PathBuf,
    },
    /// Waiting for the lock would never end.
    WouldNeverEnd {
        /// The lock.
        path: PathBuf,
        /// Why not.
        why: Box<Endless>,
    },
    /// A shared lock cannot be made exclusive without the danger of losing it.
    /// It is held as before.
    CannotUpgrade {
        /// The lock.
        path: PathBuf,
        /// Why it has no gates.
        why: Unordered,
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
        why: Unopenable,
    },
    /// The system failed: no memory, no descriptors, no locks left.
    System {
        /// The lock.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// The system's own word.
        source: io::Error,
    },
}

/// Why a lock file could not be opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Unopenable {
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
    pub(crate) fn refused(path: &Path, why: GaveUp) -> Self {
        let path = path.to_owned();
        match why {
            GaveUp::Busy | GaveUp::MakesWay | GaveUp::ReadsBelow | GaveUp::Moved => Self::Busy { path },
            GaveUp::TimedOut(limit) => Self::TimedOut { path, limit },
            GaveUp::Cancelled => Self::Cancelled { path },
            GaveUp::WouldNeverEnd(why) => Self::WouldNeverEnd { path, why },
            GaveUp::CannotConvert(why) => Self::CannotUpgrade { path, why },
            GaveUp::Lost => Self::Lost { path },
            failed if failed.is_for_want_of_access() => Self::CouldNotOpen { path, why: Unopenable::Access },
            GaveUp::Failed(source) => Self::System { path, doing: "locking it", source },
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
            Self::Cancelled { path } => write!(out, "{}: the waiting was called off", path.display()),
            Self::WouldNeverEnd { path, why } => write!(out, "{}: deadlock: {why}", path.display()),
            Self::CannotUpgrade { path, why } => write!(
                out,
                "{}: cannot go from shared to exclusive without losing it: {why}; unlock it and lock it anew",
                path.display()
            ),
            Self::Lost { path } => write!(
                out,
                "{}: the shared lock was lost to a process that locks without fasten; unlock it and lock it anew",
                path.display()
            ),
            Self::CouldNotOpen { path, why } => write!(out, "{}: {why}", path.display()),
            Self::System { path, doing, source } => {
                write!(out, "{}: {doing}: {}", path.display(), lower(source))
            }
        }
    }
}

impl fmt::Display for Unopenable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => out.write_str("does not exist, and is not to be created"),
            Self::WrongKind(kind) => {
                write!(out, "is {kind}: a lock must be a file, a directory or a block device")
            }
            Self::Access => out.write_str(
                "cannot be locked so: an fcntl lock needs permission to read the file, and an exclusive one to write it",
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
                write!(out, "cannot be created: {}", hint(source, "its folder must be writable"))
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::System { source, .. }
            | Self::CouldNotOpen {
                why: Unopenable::NotOpened(source) | Unopenable::NotCreated(source),
                ..
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
            Error::WouldNeverEnd { .. } => io::ErrorKind::Deadlock,
            Error::CouldNotOpen { why: Unopenable::Missing, .. } => io::ErrorKind::NotFound,
            Error::CouldNotOpen { why: Unopenable::Access, .. } => io::ErrorKind::PermissionDenied,
            Error::System { source, .. }
            | Error::CouldNotOpen {
                why: Unopenable::NotOpened(source) | Unopenable::NotCreated(source),
                ..
            } => source.kind(),
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

/// The system's word with a remedy behind it, where one is known.
fn hint(source: &io::Error, folder: &str) -> String {
    let remedy = match source.kind() {
        io::ErrorKind::NotFound => "its folder must exist",
        io::ErrorKind::PermissionDenied => folder,
        io::ErrorKind::ReadOnlyFilesystem => "choose one in a writable file system",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "make room or choose another file system"
        }
        _ if source.raw_os_error() == Some(libc::EBADF) => "open it first, as in a shell: exec 9>>lock",
        _ => return lower(source),
    };
    format!("{}; {remedy}", lower(source))
}

/// The system's word without its number and capital: `permission denied`.
pub(super) fn lower(source: &io::Error) -> String {
    let text = source.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => text.to_owned(),
    }
}
