//! Why a lock was not obtained: the path, the reason, the remedy.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Why a lock was not obtained. Nothing is held after any of these.
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
    /// It does not exist and cannot be created.
    NotCreated(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy { path } => write!(out, "{}: busy; wait for it or try again later", path.display()),
            Self::TimedOut { path, limit } => {
                write!(out, "{}: busy; gave up after {limit:?}", path.display())
            }
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
            Self::NotOpened(source) => {
                write!(out, "cannot be opened: {}", hint(source, "its folder must exist"))
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

/// The system's word with a remedy behind it, where one is known.
fn hint(source: &io::Error, folder: &str) -> String {
    let remedy = match source.kind() {
        io::ErrorKind::NotFound => "its folder must exist",
        io::ErrorKind::PermissionDenied => folder,
        io::ErrorKind::ReadOnlyFilesystem => "choose one in a writable file system",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "make room or choose another file system"
        }
        _ => return lower(source),
    };
    format!("{}; {remedy}", lower(source))
}

/// The system's word without its number and capital: `permission denied`.
fn lower(source: &io::Error) -> String {
    let text = source.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => text.to_owned(),
    }
}
