//! A lock file that is not there: it is created, but not beside one who holds its predecessor.
//!
//! If a lock file is removed while the lock is held, by hand or by a program that cleans up, the
//! next process would create a file of its own and run beside the holder. So the one that creates
//! it first looks for a process that holds a file which stood at this path, and waits for it. That
//! can only delay: the lock is still that of the new file.

use std::path::Path;

use super::held_lock;
use super::options::Options;
use super::reentry::{Reentry, reentry};
use super::thread_queue::{ThreadQueue, any_entered};
use crate::holders::{holder_of_removed, lineage, own_pid};
use crate::lock::{
    Acquired, Error, LockFile, Nested, OpenError, Request, Threads, WaitError, WaitState, acquire, create,
    open_existing, open_removed,
};
use crate::mode::Mode;

/// Opens the lock file for one that wants the lock so. If it is missing it is created, as the
/// options say; who holds a file that was removed from there is waited for first.
pub(super) fn open_or_create(
    path: &Path,
    options: &Options,
    mode: Mode,
    wait_state: &WaitState,
) -> Result<LockFile, Error> {
    loop {
        match open_existing(path, options.family) {
            Err(Error::CouldNotOpen { why: OpenError::Missing, .. }) if options.create => {}
            opened => return opened,
        }
        await_holder_of_removed(path, options, mode, wait_state).map_err(|why| Error::refused(path, why))?;
        if let Some(created) = create(path, options.permissions, options.family)? {
            return Ok(created);
        }
        wait_state.begin_again().map_err(|why| Error::refused(path, why))?;
    }
}

/// Has the lock on the removed file for an instant. One that is told to wait for its own ancestors
/// does not wait for one that has removed the file: that would never end.
fn await_holder_of_removed(
    path: &Path,
    options: &Options,
    mode: Mode,
    wait_state: &WaitState,
) -> Result<(), WaitError> {
    let Options { family, nested, .. } = *options;
    let threads = if any_entered() { Threads::Share } else { Threads::None };
    let request = Request { mode, order: None, nested, threads, holds_others: true };
    while let Some(removed) = holder_of_removed(path, family, mode) {
        if nested == Nested::Wait && is_above(removed.pid) {
            break;
        }
        let Some(file) = open_removed(path, &removed, family) else { break };
        let queue = ThreadQueue::of((file.id, family), options.preference);
        if let Some(held) = held_lock::find(queue.number()) {
            match reentry(held.mode(), mode, nested, wait_state) {
                Reentry::Refused(why) => return Err(why),
                Reentry::Shares | Reentry::Waits => break,
            }
        }
        match acquire(file, &request, wait_state) {
            Ok(Acquired::Held(held)) => {
                drop(held);
                wait_state.begin_again()?;
            }
            Ok(Acquired::Joined(..)) | Err((_, WaitError::Moved)) => break,
            Err((_, why)) if why.is_for_want_of_access() => break,
            Err((_, why)) => return Err(why),
        }
    }
    Ok(())
}

fn is_above(pid: u32) -> bool {
    own_pid().is_ok_and(|own| lineage(own).contains(&pid))
}
