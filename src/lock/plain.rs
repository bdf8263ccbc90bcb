//! Locks a descriptor exactly as the kernel does, which is what flock(1) promises.
//!
//! That is: first come, first served; no search for deadlocks; a lock that the descriptor holds
//! already is dropped for the new one, even if that one is then refused; and anything that can be
//! open can be locked. `acquire` and `caller_descriptor` keep more promises.

use std::os::fd::RawFd;
use std::path::PathBuf;

use super::error::Error;
use super::file::LockFile;
use super::main_lock;
use super::operation::Operation;
use super::wait::Wait;
use super::wait_error::WaitError;
use super::wait_state::WaitState;
use crate::layout::Bytes;
use crate::mode::{Family, Mode};
use crate::sys::fd::duplicate;
use crate::sys::file_id::FileId;
use crate::sys::records::{self, RecordOwner};

/// Locks the descriptor's open file description: in the fcntl family these bytes of the file, in
/// the flock family the whole file.
pub(crate) fn lock(
    descriptor: RawFd,
    mode: Mode,
    family: Family,
    bytes: Bytes,
    wait: Wait<'_>,
) -> Result<(), Error> {
    let lock = opened(descriptor, family)?;
    let wait_state = WaitState::new(wait);
    let tried = match family {
        Family::Flock => main_lock::try_lock(&lock, mode),
        Family::Fcntl => records::try_set(&lock.file, RecordOwner::Description, bytes, mode),
    };
    let locked = match tried {
        Ok(true) => Ok(()),
        Ok(false) => wait_state.begin(&lock.path).and_then(|()| match family {
            Family::Flock => main_lock::lock(&lock, mode, &wait_state),
            Family::Fcntl => {
                wait_state.block(|| records::set(&lock.file, RecordOwner::Description, bytes, mode))
            }
        }),
        Err(error) => Err(WaitError::Failed(error)),
    };
    locked.map_err(|why| match why {
        WaitError::Failed(source) => Error::System { path: lock.path, operation: Operation::Lock, source },
        why => Error::refused(&lock.path, why),
    })
}

/// Releases the lock of this family that the open file description holds, if it holds one.
pub(crate) fn unlock(descriptor: RawFd, family: Family, bytes: Bytes) -> Result<(), Error> {
    let lock = opened(descriptor, family)?;
    let unlocked = match family {
        Family::Flock => main_lock::unlock(&lock),
        Family::Fcntl => records::clear(&lock.file, RecordOwner::Description, bytes),
    };
    unlocked.map_err(|source| Error::System { path: lock.path, operation: Operation::Unlock, source })
}

fn opened(descriptor: RawFd, family: Family) -> Result<LockFile, Error> {
    let path = PathBuf::from(format!("/dev/fd/{descriptor}"));
    let file = duplicate(descriptor).and_then(|file| Ok((FileId::from(&file.metadata()?), file)));
    match file {
        Ok((id, file)) => Ok(LockFile::new(path, file, id, false, family)),
        Err(source) => Err(Error::System { path, operation: Operation::Lock, source }),
    }
}
