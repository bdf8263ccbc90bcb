//! Why a thread did not acquire the lock.

use std::fmt;

/// Why the lock was not acquired. The attempt has changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LockError {
    /// Another thread holds the lock or goes first, and the call does not wait.
    Busy,
    /// The lock could not be acquired within the time given.
    TimedOut,
    /// The calling thread reads and asked to write: it would wait for itself.
    Deadlock,
}

impl fmt::Display for LockError {
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

impl std::error::Error for LockError {}

impl From<LockError> for std::io::Error {
    /// Keeps the message, and chooses the kind that fits best: `WouldBlock`, `TimedOut` or
    /// `Deadlock`.
    fn from(error: LockError) -> Self {
        let kind = match error {
            LockError::Busy => std::io::ErrorKind::WouldBlock,
            LockError::TimedOut => std::io::ErrorKind::TimedOut,
            LockError::Deadlock => std::io::ErrorKind::Deadlock,
        };
        Self::new(kind, error)
    }
}
