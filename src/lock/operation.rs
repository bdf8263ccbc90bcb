//! What the library was doing when the system failed.

use std::fmt;

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
