//! The main lock. It alone decides who is in.
//!
//! In the flock family that is flock(2) on the whole file, through fs2; named in
//! full, because std's `File` has methods of the same names. In the fcntl family
//! it is a lock of the open file description on the whole file, from its start to
//! wherever its end will be: what fasteners, lockf(3) and all others lock. So it
//! also converts and frees what another program has locked through the descriptor.

use std::io;

use super::file::LockFile;
use super::wait_error::WaitError;
use super::wait_state::WaitState;
use crate::layout::Bytes;
use crate::mode::{Family, Mode};
use crate::sys::records::{self, RecordOwner};

const WHOLE_FILE: Bytes = Bytes { first: 0, count: 0 };

/// Takes the lock if it is free; `false` if it is not.
pub(crate) fn try_lock(lock: &LockFile, mode: Mode) -> io::Result<bool> {
    let tried = match (lock.family, mode) {
        (Family::Flock, Mode::Shared) => fs2::FileExt::try_lock_shared(&lock.file),
        (Family::Flock, Mode::Exclusive) => fs2::FileExt::try_lock_exclusive(&lock.file),
        (Family::Fcntl, _) => {
            return records::try_set(&lock.file, RecordOwner::Description, WHOLE_FILE, mode);
        }
    };
    match tried {
        Ok(()) => Ok(true),
        Err(error) if error.raw_os_error() == fs2::lock_contended_error().raw_os_error() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Acquires the lock, sleeping in the kernel until it is free, the time is up, or the wait is cancelled.
pub(crate) fn lock(lock: &LockFile, mode: Mode, wait_state: &WaitState) -> Result<(), WaitError> {
    wait_state.block(|| match (lock.family, mode) {
        (Family::Flock, Mode::Shared) => fs2::FileExt::lock_shared(&lock.file),
        (Family::Flock, Mode::Exclusive) => fs2::FileExt::lock_exclusive(&lock.file),
        (Family::Fcntl, _) => records::set(&lock.file, RecordOwner::Description, WHOLE_FILE, mode),
    })
}

/// Whether nobody holds the lock, whoever asks included. Takes nothing; only for the fcntl family.
pub(crate) fn is_free(lock: &LockFile) -> bool {
    records::is_free(&lock.file, WHOLE_FILE, Mode::Exclusive).unwrap_or(false)
}

/// Gives the lock back, for every process that has inherited the descriptor.
pub(crate) fn unlock(lock: &LockFile) -> io::Result<()> {
    match lock.family {
        Family::Flock => fs2::FileExt::unlock(&lock.file),
        Family::Fcntl => records::clear(&lock.file, RecordOwner::Description, WHOLE_FILE),
    }
}
