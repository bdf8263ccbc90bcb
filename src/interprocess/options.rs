//! What differs between process locks.

use crate::lock::Nested;
use crate::mode::Family;
use crate::thread::Preference;

/// What differs between process locks: the kernel's family, who goes first, whether a missing file is created, and what
/// happens when a wait would never end.
///
/// Source in the seed: the arguments of `InterProcessLock` and `InterProcessReaderWriterLock`.
///
/// ```
/// use fasten::{Family, InterProcessLock, Options};
///
/// let options = Options::new().family(Family::Fcntl).permissions(0o600);
/// let lock = InterProcessLock::with_options("/var/tmp/app.lock", options);
/// # drop(lock);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    pub(super) family: Family,
    pub(super) preference: Preference,
    pub(super) nested: Nested,
    pub(super) create: bool,
    pub(super) permissions: u32,
}

impl Options {
    /// flock(2), phase-fair, a missing file is created for all whom the umask lets, and a wait that would never end is an
    /// error.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            family: Family::Flock,
            preference: Preference::PhaseFair,
            nested: Nested::Refuse,
            create: true,
            permissions: 0o666,
        }
    }

    /// With which of the kernel's locks. [`Family::Fcntl`] is that of Python's fasteners.
    #[must_use]
    pub const fn family(self, family: Family) -> Self {
        Self { family, ..self }
    }

    /// Who goes first when readers and writers want the same lock; nothing to an
    /// [`InterProcessLock`](super::InterProcessLock), which has no readers.
    ///
    /// Between processes each writer goes by its own lock's preference; readers stand behind it as it wants, but for those of
    /// a lock with [`Preference::Reader`], which pass every writer that waits. Between the threads of one process, all who use
    /// a file at the same time go by the preference of the first of them.
    #[must_use]
    pub const fn preference(self, preference: Preference) -> Self {
        Self { preference, ..self }
    }

    /// What to do when a wait would never end.
    #[must_use]
    pub const fn nested(self, nested: Nested) -> Self {
        Self { nested, ..self }
    }

    /// Whether a lock file that does not exist is created. Its folder never is.
    #[must_use]
    pub const fn create(self, create: bool) -> Self {
        Self { create, ..self }
    }

    /// With which permissions the lock file is created, less the umask: at first 0666. One that exists stays as it is.
    #[must_use]
    pub const fn permissions(self, permissions: u32) -> Self {
        Self { permissions, ..self }
    }
}

impl Default for Options {
    /// As [`new`](Self::new).
    fn default() -> Self {
        Self::new()
    }
}
