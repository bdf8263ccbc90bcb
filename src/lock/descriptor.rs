//! Locks on a descriptor that somebody else has opened: a shell script, say.
//!
//! The lock is that of the open file description, which the caller keeps; what
//! it held before is converted.

use std::os::fd::RawFd;

use super::error::Error;
use super::file::LockFile;
use super::guard::{AtTheEnd, DescriptorGuard, Held};
use super::main_lock;
use super::open::opened;
use super::request::How;
use super::upgrade::{downgrade, upgrade};
use super::wait_state::Patience;
use crate::mode::{Family, Mode};

/// Frees whatever lock of either family is held through this descriptor.
pub(crate) fn unlock(descriptor: RawFd) -> Result<(), Error> {
    for family in [Family::Flock, Family::Fcntl] {
        let lock = opened(descriptor, family)?;
        main_lock::unlock(&lock).or_else(|source| match family {
            Family::Flock => Err(Error::System { path: lock.path, doing: "unlocking it", source }),
            Family::Fcntl => Ok(()),
        })?;
    }
    Ok(())
}

/// Converts the lock that the descriptor holds already.
pub(crate) fn convert(
    lock: LockFile,
    held: Mode,
    how: &How,
    patience: &Patience,
) -> Result<DescriptorGuard, Error> {
    let (converted, at_the_end) = match (held, how.mode) {
        (Mode::Shared, Mode::Exclusive) => (upgrade(&lock, how.nested, patience), AtTheEnd::Downgrade),
        (Mode::Exclusive, Mode::Shared) => (downgrade(&lock), AtTheEnd::Keep),
        _ => (Ok(()), AtTheEnd::Keep),
    };
    match converted {
        Ok(()) => Ok(DescriptorGuard::new(Some(Held::converted(lock, how.mode, at_the_end)))),
        Err(why) => Err(Error::refused(&lock.path, why)),
    }
}
