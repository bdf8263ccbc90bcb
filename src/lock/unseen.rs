//! A descriptor of the caller's of which it cannot be seen whether it holds the lock already: there
//! is no /proc, or the file system keeps its locks in a server and shows none.
//!
//! A flock(2) of the other mode converts what is held, and lets it go if it cannot. So no call is
//! made that could lose something. What can be known is found out through a second open file of the
//! same file: if that one gets the lock exclusively, then nobody has it, the descriptor included;
//! if it does not even get it shared, then the descriptor has it exclusively or not at all, and
//! asking exclusively loses nothing. In between, where somebody reads, who may be the descriptor
//! itself, a reader joins through the second file, and a writer is refused.
//!
//! Locks on a descriptor that somebody else has opened: a shell script, say.
//!
//! The lock is that of the open file description, which the caller keeps; what
//! it held before is converted.

use std::fs::File;
use std::os::fd::RawFd;
use std::thread;
use std::time::Duration;

use super::error::{Error, Operation};
use super::file::LockFile;
use super::file::opened;
use super::guard::DescriptorGuard;
use super::held::{Held, OnRelease};
use super::main_lock;
use super::main_lock::{is_free, try_lock};
use super::request::Request;
use super::unfair::UnfairReason;
use super::upgrade::{downgrade, upgrade};
use super::wait_error::WaitError;
use super::wait_state::WaitState;
use crate::holders::{OwnLock, held_through};
use crate::mode::{Family, Mode};
use crate::sys::descriptor::open_again;
use crate::sys::file_id::FileId;

/// Others that find out the same hold the lock for an instant too. It is waited so long for their
/// end.
const LOOKS: usize = 50;
const PAUSE: Duration = Duration::from_millis(1);

/// What came of it.
#[derive(Debug)]
pub(crate) enum Found {
    /// The descriptor holds nothing.
    Free(LockFile),
    /// The lock is had as it is wanted.
    Taken(Box<DescriptorGuard>),
}

/// Finds out what the descriptor holds, or takes the lock by a call that loses nothing whatever it
/// holds.
pub(crate) fn find_out(lock: LockFile, mode: Mode) -> Result<Found, WaitError> {
    match mode {
        Mode::Shared => find_out_to_read(lock),
        Mode::Exclusive => find_out_to_write(lock),
    }
}

fn find_out_to_read(lock: LockFile) -> Result<Found, WaitError> {
    match second(&lock) {
        Some(second) if try_lock(&second, Mode::Shared).unwrap_or(false) => {
            if is_visible(&second) {
                return Ok(Found::Free(lock));
            }
            let held = Held::new(second, Mode::Shared, None, None);
            Ok(Found::Taken(Box::new(DescriptorGuard::beside(held, lock))))
        }
        // Nothing and a shared lock become a shared one, an exclusive one is downgraded, as was
        // asked.
        _ => try_on_the_descriptor(lock, Mode::Shared),
    }
}

fn find_out_to_write(lock: LockFile) -> Result<Found, WaitError> {
    let cannot_be_seen = || WaitError::CannotConvert(UnfairReason::NotVisible);
    if lock.family == Family::Fcntl && is_free(&lock) {
        return Ok(Found::Free(lock));
    }
    let second = second(&lock).ok_or_else(cannot_be_seen)?;
    for _ in 0..LOOKS {
        if try_lock(&second, Mode::Exclusive).map_err(|_| cannot_be_seen())? {
            return Ok(Found::Free(lock));
        }
        if !try_lock(&second, Mode::Shared).map_err(|_| cannot_be_seen())? {
            return try_on_the_descriptor(lock, Mode::Exclusive);
        }
        if is_visible(&second) {
            return Ok(Found::Free(lock));
        }
        let _ = main_lock::unlock(&second);
        thread::sleep(PAUSE);
    }
    Err(cannot_be_seen())
}

/// Only for what can be asked without loss. If it is refused, nothing was held, for another has it
/// exclusively. If not, it may have been held before: so it stays at the end, unless it can be seen
/// now and could not be before.
fn try_on_the_descriptor(lock: LockFile, mode: Mode) -> Result<Found, WaitError> {
    if !try_lock(&lock, mode).map_err(WaitError::Failed)? {
        return Ok(Found::Free(lock));
    }
    let on_release = if is_visible(&lock) { OnRelease::Unlock } else { OnRelease::Keep };
    Ok(Found::Taken(Box::new(DescriptorGuard::new(Some(Held::converted(lock, mode, on_release))))))
}

/// Whether a lock that is held through this file can be seen. Then one that cannot be seen is not
/// held.
fn is_visible(held: &LockFile) -> bool {
    matches!(held_through(&held.file, held.family), OwnLock::Held(_))
}

/// The same file, opened once more; closing it gives back what it holds.
fn second(lock: &LockFile) -> Option<LockFile> {
    let file = open_again(&lock.file).ok()?;
    let is_the_same = |file: &File| file.metadata().is_ok_and(|found| FileId::from(&found) == lock.id);
    is_the_same(&file).then(|| LockFile::new(lock.path.clone(), file, lock.id, true, lock.family))
}

/// Frees whatever lock of either family is held through this descriptor.
pub(crate) fn unlock(descriptor: RawFd) -> Result<(), Error> {
    for family in [Family::Flock, Family::Fcntl] {
        let lock = opened(descriptor, family)?;
        main_lock::unlock(&lock).or_else(|source| match family {
            Family::Flock => Err(Error::System { path: lock.path, operation: Operation::Unlock, source }),
            Family::Fcntl => Ok(()),
        })?;
    }
    Ok(())
}

/// Converts the lock that the descriptor holds already.
pub(crate) fn convert(
    lock: LockFile,
    held: Mode,
    request: &Request,
    wait_state: &WaitState,
) -> Result<DescriptorGuard, Error> {
    let (converted, on_release) = match (held, request.mode) {
        (Mode::Shared, Mode::Exclusive) => (upgrade(&lock, request.nested, wait_state), OnRelease::Downgrade),
        (Mode::Exclusive, Mode::Shared) => (downgrade(&lock), OnRelease::Keep),
        _ => (Ok(()), OnRelease::Keep),
    };
    match converted {
        Ok(()) => Ok(DescriptorGuard::new(Some(Held::converted(lock, request.mode, on_release)))),
        Err(why) => Err(Error::refused(&lock.path, why)),
    }
}
