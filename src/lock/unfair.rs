//! Why a lock has no gates where some were asked for.

use std::fmt;
use std::io;

/// Why a lock was taken first come, first served, although an order was asked for, or why it
/// cannot be upgraded. Exclusion is not touched by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnfairReason {
    /// This process may only read the lock file, so nobody would trust a gate file of its own.
    ReadOnly,
    /// What stands in the gate file's place belongs to a user who may not write the lock file, or
    /// is not an empty file.
    NotTrusted,
    /// A user who may lock the lock file cannot open its gate file, or would not trust it. That
    /// matters to an upgrade only, for which every writer has to look.
    NotSeenByAll,
    /// The gate file cannot be created or opened, for this error number of the system's.
    NoGateFile(i32),
    /// Its file system is not known to be local: processes on other machines see no gates of ours.
    NotLocal,
    /// There are no gates on this operating system.
    Unsupported,
    /// It cannot be seen whether the descriptor holds the lock already. Only for a lock on a
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
