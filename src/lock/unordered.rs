//! Why a lock has no gates where some were asked for.

use std::fmt;

/// Why a lock was taken first come, first served, although an order was asked
/// for. Exclusion is not touched by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unordered {
    /// The gates of a writer need a lock file that can be opened for writing.
    NotWritable,
    /// A file that can be executed must not be open for writing (`ETXTBSY`).
    Executable,
    /// The file system, or the operating system, makes one family of flock(2)
    /// and fcntl(2) locks, or is not known not to.
    FileSystem,
}

impl fmt::Display for Unordered {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::NotWritable => "it cannot be opened for writing",
            Self::Executable => "it is an executable file",
            Self::FileSystem => "its file system is not known to keep flock and fcntl locks apart",
        })
    }
}
