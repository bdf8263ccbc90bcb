//! A lock file that does not exist: it is created, but only when no process holds its predecessor.
//!
//! A person, or a program that cleans up, may remove a lock file while the lock is held. The next
//! process would create a new file and run beside the holder. So a process that is about to create
//! the file first looks for a process that holds a removed file of the same path, and waits for it.
//! This can only delay a process: the lock is still the one on the new file.

use std::path::Path;

use super::held_lock::{self, Reentry};
use super::options::LockOptions;
use super::thread_queue::{ThreadQueue, any_turn};
use crate::holders::{holder_of_removed, lineage, own_pid};
use crate::lock::{
    Acquired, Error, FileKind, LockFile, Nested, OpenError, Request, Threads, WaitError, WaitState, acquire,
    create, open_existing, open_for_slots, open_removed,
};
use crate::mode::{Family, Mode};

/// Opens the lock file for a caller that wants the lock in this mode. Creates a missing file if the
/// options allow it, after the holder of a removed one has released it.
pub(super) fn open_or_create(
    path: &Path,
    options: &LockOptions,
    mode: Mode,
    wait_state: &WaitState,
) -> Result<LockFile, Error> {
    let kind = if options.plain_file { FileKind::Plain } else { FileKind::Any };
    loop {
        let opened = match options.slots {
            Some(_) => open_for_slots(path, kind),
            None => open_existing(path, options.family, kind),
        };
        match opened {
            Err(Error::CouldNotOpen { why: OpenError::Missing, .. }) if options.create => {}
            opened => return opened,
        }
        await_holder_of_removed(path, options, mode, wait_state).map_err(|why| Error::refused(path, why))?;
        let to_write = options.family == Family::Fcntl || options.slots.is_some();
        if let Some(created) = create(path, options.permissions, options.family, kind, to_write)? {
            return Ok(created);
        }
        // Another process created the file first: open that one.
        wait_state.begin_again().map_err(|why| Error::refused(path, why))?;
    }
}

/// Waits for the holders of removed files, one after the other, by acquiring each one's lock for an
/// instant. With [`Nested::Wait`], which looks for no deadlocks, it does not wait for an ancestor:
/// the ancestor may wait for this process.
fn await_holder_of_removed(
    path: &Path,
    options: &LockOptions,
    mode: Mode,
    wait_state: &WaitState,
) -> Result<(), WaitError> {
    let LockOptions { family, nested, .. } = *options;
    let threads = if any_turn() { Threads::Share } else { Threads::None };
    // Slots of the removed file and slots of a new one would be too many: one who wants slots waits
    // for the holders of all that are held there, as one who wants the lock alone does.
    let mode = if options.slots.is_some() { Mode::Exclusive } else { mode };
    let request = Request { mode, order: None, nested, threads, holds_others: true, slots: None };
    while let Some(removed) = holder_of_removed(path, family, mode) {
        if nested == Nested::Wait && is_ancestor(removed.pid) {
            break;
        }
        let Some(file) = open_removed(path, &removed, family) else { break };
        let queue = ThreadQueue::of((file.id, family), options.preference);
        if let Some(held) = held_lock::find(queue.number()) {
            match held.reentry(mode, nested, wait_state) {
                Reentry::Refused(why) => return Err(why),
                Reentry::Shares => break,
            }
        }
        match acquire(file, &request, wait_state) {
            Ok(Acquired::Held(held)) => {
                drop(held);
                wait_state.begin_again()?;
            }
            Ok(Acquired::Joined(..)) | Err((_, WaitError::Moved)) => break,
            Err((_, why)) if why.lacks_access() => break,
            Err((_, why)) => return Err(why),
        }
    }
    Ok(())
}

/// Whether this is an ancestor of the calling process, or that process itself.
fn is_ancestor(pid: u32) -> bool {
    own_pid().is_ok_and(|own| lineage(own).contains(&pid))
}
