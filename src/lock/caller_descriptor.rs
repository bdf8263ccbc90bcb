//! A descriptor that the caller opened (a shell script, say), which may hold the lock already.
//!
//! The lock belongs to the open file description, which the caller keeps. What it held before is
//! converted, and must not be lost: flock(2) in another mode drops the old lock if it cannot give
//! the new one.
//!
//! Where /proc shows the descriptor's locks, `convert` knows what is held. Elsewhere (there is no
//! /proc, or the file system keeps its locks on a server) `probe` finds out as much as it can with
//! calls that lose nothing. It opens the same file a second time, and tries the lock there:
//!
//! - It can be locked exclusively: nobody holds the lock, not even the descriptor.
//! - It cannot be locked shared: the descriptor holds the lock exclusively or not at all, and
//!   asking for it exclusively loses nothing.
//! - It can only be locked shared: there is a reader, which may be the descriptor. A reader then
//!   holds the lock through the second file, beside the descriptor; a writer is refused.

use std::fs::File;
use std::os::fd::RawFd;
use std::thread;
use std::time::Duration;

use super::error::Error;
use super::file::{LockFile, opened};
use super::guard::DescriptorGuard;
use super::held::{Entry, Held, OnRelease};
use super::main_lock::{self, is_free, try_lock};
use super::operation::Operation;
use super::request::Request;
use super::unfair::UnfairReason;
use super::upgrade::{downgrade, upgrade};
use super::wait_error::WaitError;
use super::wait_state::WaitState;
use crate::holders::{OwnLock, held_through};
use crate::mode::{Family, Mode};
use crate::sys::fd::open_again;
use crate::sys::file_id::FileId;

/// How often a probe tries again: other probes hold the lock for an instant.
const TRIES: usize = 50;
const PAUSE: Duration = Duration::from_millis(1);

/// What a probe found.
#[derive(Debug)]
pub(crate) enum Found {
    /// The descriptor holds nothing, and the lock has not been acquired.
    Free(LockFile),
    /// The lock is held in the mode that was asked for.
    Taken(Box<DescriptorGuard<'static>>),
}

/// Finds out what the descriptor holds, or acquires the lock by a call that loses nothing whatever
/// it holds.
///
/// # Errors
/// The descriptor may hold the lock shared, and an exclusive call might lose that.
pub(crate) fn probe(lock: LockFile, mode: Mode) -> Result<Found, WaitError> {
    match mode {
        Mode::Shared => probe_to_read(lock),
        Mode::Exclusive => probe_to_write(lock),
    }
}

fn probe_to_read(lock: LockFile) -> Result<Found, WaitError> {
    match open_second(&lock) {
        Some(second) if try_lock(&second, Mode::Shared).unwrap_or(false) => {
            if is_visible(&second) {
                return Ok(Found::Free(lock));
            }
            let held = Held::new(second, Mode::Shared, Entry::default());
            Ok(Found::Taken(Box::new(DescriptorGuard::beside(held, lock))))
        }
        // Another descriptor holds the lock exclusively, or this one does: a shared call downgrades
        // that, as was asked.
        _ => try_on_the_descriptor(lock, Mode::Shared),
    }
}

fn probe_to_write(lock: LockFile) -> Result<Found, WaitError> {
    let cannot_be_seen = || WaitError::CannotConvert(UnfairReason::NotVisible);
    if lock.family == Family::Fcntl && is_free(&lock) {
        return Ok(Found::Free(lock));
    }
    let second = open_second(&lock).ok_or_else(cannot_be_seen)?;
    for _ in 0..TRIES {
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

/// Tries the lock on the descriptor itself, for a mode that loses nothing. If that fails, another
/// process holds the lock exclusively, so the descriptor held nothing. If it succeeds, the
/// descriptor may have held the lock before: the release keeps it then, unless the lock is visible
/// now, so that it would have been visible before.
fn try_on_the_descriptor(lock: LockFile, mode: Mode) -> Result<Found, WaitError> {
    if !try_lock(&lock, mode).map_err(WaitError::Failed)? {
        return Ok(Found::Free(lock));
    }
    let on_release = if is_visible(&lock) { OnRelease::Unlock } else { OnRelease::Keep };
    Ok(Found::Taken(Box::new(DescriptorGuard::new(Some(Held::converted(lock, mode, mode, on_release))))))
}

/// Whether /proc shows a lock that is held through this file. Then a lock that it does not show is
/// not held.
fn is_visible(held: &LockFile) -> bool {
    matches!(held_through(&held.file, held.family), OwnLock::Held(_))
}

/// The same file, opened a second time; closing it releases what it holds.
fn open_second(lock: &LockFile) -> Option<LockFile> {
    let file = open_again(&lock.file).ok()?;
    let is_the_same = |file: &File| file.metadata().is_ok_and(|found| FileId::from(&found) == lock.id);
    is_the_same(&file).then(|| LockFile::new(lock.path.clone(), file, lock.id, true, lock.family))
}

/// Releases every lock, of either family, that is held through this descriptor.
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

/// Converts the lock that the descriptor is known to hold.
pub(crate) fn convert(
    lock: LockFile,
    held: Mode,
    request: &Request,
    wait_state: &WaitState,
) -> Result<DescriptorGuard<'static>, Error> {
    let (converted, on_release) = match (held, request.mode) {
        (Mode::Shared, Mode::Exclusive) => (upgrade(&lock, request.nested, wait_state), OnRelease::Downgrade),
        (Mode::Exclusive, Mode::Shared) => (downgrade(&lock), OnRelease::Keep),
        _ => (Ok(()), OnRelease::Keep),
    };
    match converted {
        Ok(()) => Ok(DescriptorGuard::new(Some(Held::converted(lock, held, request.mode, on_release)))),
        Err(why) => Err(Error::refused(&lock.path, why)),
    }
}
