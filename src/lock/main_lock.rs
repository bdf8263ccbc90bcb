//! The main lock: the kernel's lock on the lock file, which alone decides who holds the lock.
//!
//! This is the last step. In the flock family it is flock(2) on the whole file, through fs2; the
//! calls are qualified because std's `File` has methods of the same names. In the fcntl family it
//! is a lock of the open file description (OFD lock) on the whole file, from its first byte to its
//! end wherever that is, as fasteners, lockf(3) and most others lock. So these calls also convert
//! and release what another program has locked through the descriptor.

use std::io;

use super::file::LockFile;
use super::wait_error::WaitError;
use super::wait_state::WaitState;
use crate::layout::Bytes;
use crate::mode::{Family, Mode};
use crate::sys::records::{self, RecordOwner};

const WHOLE_FILE: Bytes = Bytes { first: 0, count: 0 };

/// Acquires the lock if it is free; whether it was.
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

/// Acquires the lock, blocking in the kernel until it is free or the wait ends.
pub(crate) fn lock(lock: &LockFile, mode: Mode, wait_state: &WaitState) -> Result<(), WaitError> {
    wait_state.block(|| match (lock.family, mode) {
        (Family::Flock, Mode::Shared) => fs2::FileExt::lock_shared(&lock.file),
        (Family::Flock, Mode::Exclusive) => fs2::FileExt::lock_exclusive(&lock.file),
        (Family::Fcntl, _) => records::set(&lock.file, RecordOwner::Description, WHOLE_FILE, mode),
    })
}

/// Whether no process holds the lock, not even this one. Acquires nothing; only for the fcntl
/// family.
pub(crate) fn is_free(lock: &LockFile) -> bool {
    records::is_free(&lock.file, WHOLE_FILE, Mode::Exclusive).unwrap_or(false)
}

/// Releases the lock, for every process that has inherited the descriptor.
pub(crate) fn unlock(lock: &LockFile) -> io::Result<()> {
    match lock.family {
        Family::Flock => fs2::FileExt::unlock(&lock.file),
        Family::Fcntl => records::clear(&lock.file, RecordOwner::Description, WHOLE_FILE),
    }
}
