//! Why the waiting ended without what was waited for.

use std::io;
use std::time::Duration;

use super::deadlock::Deadlock;
use super::unfair::UnfairReason;

#[derive(Debug)]
pub(crate) enum WaitError {
    Busy,
    TimedOut(Duration),
    Cancelled,
    /// Another thread of this process reads and is to write: who has not got in yet is to stand behind it.
    YieldToUpgrade,
    /// It is a reader under a reader, and is not to stand behind a writer that waits for that one.
    ReadsBelow,
    /// The path has come to lead to another file.
    Moved,
    Deadlock(Box<Deadlock>),
    /// It was to be converted, and cannot be for want of gates.
    CannotConvert(UnfairReason),
    /// The shared lock could not be had again after it could not be converted.
    Lost,
    Failed(io::Error),
}

impl WaitError {
    /// The descriptor is not open for what was asked of it: an fcntl lock needs
    /// one that is open for reading to be shared and for writing to be
    /// exclusive, and NFS makes an fcntl lock of a flock.
    pub(crate) fn is_for_want_of_access(&self) -> bool {
        matches!(self, Self::Failed(error) if error.raw_os_error() == Some(libc::EBADF))
    }

    /// Some network file systems say no more of it than that the call has failed.
    pub(crate) fn may_be_for_want_of_access(&self) -> bool {
        let says_little = |error: &io::Error| error.raw_os_error() == Some(libc::EIO);
        self.is_for_want_of_access() || matches!(self, Self::Failed(error) if says_little(error))
    }
}
