//! Locks on a descriptor that somebody else has opened: a shell script, say.
//!
//! The lock is that of the open file description, which the caller keeps; what
//! it held before is converted.

use std::os::fd::RawFd;

use super::acquire::{Acquired, acquire};
use super::convert::{downgrade, upgrade};
use super::error::Error;
use super::file::LockFile;
use super::guard::{AtTheEnd, DescriptorGuard, Held};
use super::main_lock;
use super::mode::{Family, Mode};
use super::open::opened;
use super::patience::Patience;
use super::request::How;
use super::waiting::Waiting;
use crate::holders::held_through;

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

/// Takes the lock, or converts the one that is there.
pub(crate) fn take_descriptor(
    descriptor: RawFd,
    family: Family,
    how: &How,
    waiting: Waiting<'_>,
) -> Result<DescriptorGuard, Error> {
    let patience = &Patience::new(waiting);
    let lock = opened(descriptor, family)?;
    let before = held_through(&lock.file, lock.family);
    let refused = |(lock, why): (LockFile, _)| Error::refused(&lock.path, why);
    let held = match (before, how.mode) {
        (None, _) => match acquire(lock, how, patience).map_err(refused)? {
            Acquired::Held(held) => Some(held),
            Acquired::Joined(..) => None,
        },
        (Some(Mode::Shared), Mode::Exclusive) => match upgrade(&lock, how.nested, patience) {
            Ok(()) => Some(Held::converted(lock, how.mode, AtTheEnd::Downgrade)),
            Err(why) => return Err(refused((lock, why))),
        },
        (Some(Mode::Exclusive), Mode::Shared) => match downgrade(&lock) {
            Ok(()) => Some(Held::converted(lock, how.mode, AtTheEnd::Keep)),
            Err(why) => return Err(refused((lock, why))),
        },
        _ => Some(Held::converted(lock, how.mode, AtTheEnd::Keep)),
    };
    Ok(DescriptorGuard::new(held))
}
