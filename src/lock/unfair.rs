//! Why a lock has no gates, although an order was asked for.

use std::fmt;
use std::io;

use super::errno_words::lower;

/// Why a lock was acquired first come, first served, although an order was asked for, why its
/// requests could not be [coalesced](crate::LockOptions::coalesce), or why it cannot be upgraded. It
/// never affects exclusion.
///
/// The order comes from gates, which are bytes of a second file in /dev/shm, the gate file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnfairReason {
    /// This process may only read the lock file, so no other process would trust a gate file that
    /// it creates, and no writer has created one.
    ReadOnly,
    /// The file in the gate file's place belongs to a user who may not write the lock file, or is
    /// not an empty regular file.
    NotTrusted,
    /// A user who may lock the lock file cannot open its gate file, or would not trust it. This
    /// matters only to an upgrade, which every writer must be able to see.
    NotSeenByAll,
    /// The gate file cannot be created or opened, because of this error number (`errno`).
    NoGateFile(i32),
    /// The file system is not known to be local: processes on other machines do not see the gates.
    /// This matters only to an upgrade.
    NotLocal,
    /// This operating system has no gates; only Linux does.
    Unsupported,
    /// The system does not show whether the descriptor holds the lock already. Only for a lock on a
    /// descriptor, which is then not made exclusive.
    NotVisible,
}

impl fmt::Display for UnfairReason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadOnly => out.write_str("it is not writable, and no writer has made a gate file for it"),
            Self::NotTrusted => out.write_str("its gate file in /dev/shm is not trusted"),
            Self::NotSeenByAll => out.write_str("not all who may lock it can see its gate file in /dev/shm"),
            Self::NoGateFile(error) => {
                let error = io::Error::from_raw_os_error(*error);
                write!(out, "its gate file in /dev/shm cannot be used: {}", lower(&error))
            }
            Self::NotLocal => out.write_str("its file system is not known to be local"),
            Self::Unsupported => out.write_str("this operating system has no gates"),
            Self::NotVisible => out.write_str("whether this descriptor holds it already cannot be seen here"),
        }
    }
}
