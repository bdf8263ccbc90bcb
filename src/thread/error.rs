//! Why a thread did not get the lock: the three cases that a thread lock can meet.

use std::fmt;

/// Why a lock was not obtained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// Somebody else holds the lock, or goes first, and the caller did not want to wait.
    Busy,
    /// The lock did not come free within the time given.
    TimedOut,
    /// The caller would wait for itself: a reader asks to write.
    Deadlock,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Busy => "the lock is busy",
            Self::TimedOut => "the lock did not come free in time",
            Self::Deadlock => {
                "deadlock: this thread reads, and a writer waits for all readers; \
                 release the read first, or write from the start"
            }
        })
    }
}

impl std::error::Error for Error {}

impl From<Error> for std::io::Error {
    /// With the kind that fits best, and the whole text: as the process locks' errors are converted.
    fn from(error: Error) -> Self {
        let kind = match error {
            Error::Busy => std::io::ErrorKind::WouldBlock,
            Error::TimedOut => std::io::ErrorKind::TimedOut,
            Error::Deadlock => std::io::ErrorKind::Deadlock,
        };
        Self::new(kind, error)
    }
}
