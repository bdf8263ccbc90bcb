//! Why a wait ended without the lock.

use std::io;
use std::time::Duration;

use super::deadlock::Deadlock;
use super::unfair::UnfairReason;
use crate::holders::Waiter;

/// Why a wait ended without the lock; [`Error`](super::Error) adds the path. Some of these never
/// leave the library: the caller of the wait answers them by another attempt.
#[derive(Debug)]
pub(crate) enum WaitError {
    Busy,
    TimedOut(Duration),
    Cancelled,
    /// Another request waits to run, and covers this one.
    Covered(Option<Box<Waiter>>),
    /// Another thread of this process upgrades. This thread waits for other processes, and must
    /// queue after the one that upgrades.
    YieldToUpgrade,
    /// A process above this one reads under the lock. This reader must not queue after a writer
    /// that waits for that one.
    BelowReader,
    /// The path leads to another file now.
    Moved,
    Deadlock(Box<Deadlock>),
    /// The lock cannot be upgraded, because it has no gates that every writer sees.
    CannotConvert(UnfairReason),
    /// The upgrade failed, and another process took the lock before the shared one was restored.
    Lost,
    Failed(io::Error),
}

impl WaitError {
    /// Whether the descriptor is not open for this lock: a shared fcntl lock needs read permission
    /// and an exclusive one write permission, and NFS turns a flock into an fcntl lock.
    pub(crate) fn lacks_access(&self) -> bool {
        matches!(self, Self::Failed(error) if error.raw_os_error() == Some(libc::EBADF))
    }

    /// Whether that may be the reason: some network file systems answer `EIO` for it.
    pub(crate) fn may_lack_access(&self) -> bool {
        let is_vague = |error: &io::Error| error.raw_os_error() == Some(libc::EIO);
        self.lacks_access() || matches!(self, Self::Failed(error) if is_vague(error))
    }
}
