//! A lock file that is not there: it is created, but not beside one who holds its predecessor.
//!
//! If a lock file is removed while the lock is held, by hand or by a program that cleans up, the
//! next process would create a file of its own and run beside the holder. So the one that creates
//! it first looks for a process that holds a file which stood at this path, and waits for it. That
//! can only delay: the lock is still that of the new file.

use std::path::Path;

use super::held_lock;
use super::obtain::{Again, again};
use super::options::Options;
use super::thread_queue::{Front, any_entered};
use crate::holders::{holder_of_removed, lineage, own_pid};
use crate::lock::{
    Acquired, Error, GaveUp, How, LockFile, Nested, Patience, Threads, Unopenable, acquire, create,
    open_existing, open_removed,
};
use crate::mode::Mode;
use crate::thread::Preference;

/// Opens the lock file for one that wants the lock so. If it is missing it is created, as the
/// options say; who holds a file that was removed from there is waited for first.
pub(super) fn open_or_create(
    path: &Path,
    options: &Options,
    mode: Mode,
    patience: &Patience,
) -> Result<LockFile, Error> {
    loop {
        match open_existing(path, options.family) {
            Err(Error::CouldNotOpen { why: Unopenable::Missing, .. }) if options.create => {}
            opened => return opened,
        }
        await_holder_of_removed(path, options, mode, patience).map_err(|why| Error::refused(path, why))?;
        if let Some(created) = create(path, options.permissions, options.family)? {
            return Ok(created);
        }
        patience.begin_again().map_err(|why| Error::refused(path, why))?;
    }
}

/// Has the lock on the removed file for an instant. One that is told to wait for its own ancestors
/// does not wait for one that has removed the file: that would never end.
fn await_holder_of_removed(
    path: &Path,
    options: &Options,
    mode: Mode,
    patience: &Patience,
) -> Result<(), GaveUp> {
    let Options { family, nested, .. } = *options;
    let threads = if any_entered() { Threads::Share } else { Threads::None };
    let how = How { mode, preference: Preference::Reader, nested, threads, holds_others: true };
    while let Some(removed) = holder_of_removed(path, family, mode) {
        if nested == Nested::Wait && is_above(removed.pid) {
            break;
        }
        let Some(file) = open_removed(path, &removed, family) else { break };
        let front = Front::of((file.id, family), options.preference);
        if let Some(taken) = held_lock::find(front.number()) {
            match again(taken.mode(), mode, nested, patience) {
                Again::Refused(why) => return Err(why),
                Again::Shares | Again::Waits => break,
            }
        }
        match acquire(file, &how, patience) {
            Ok(Acquired::Held(held)) => {
                drop(held);
                patience.begin_again()?;
            }
            Ok(Acquired::Joined(..)) | Err((_, GaveUp::Moved)) => break,
            Err((_, why)) if why.is_for_want_of_access() => break,
            Err((_, why)) => return Err(why),
        }
    }
    Ok(())
}

fn is_above(pid: u32) -> bool {
    own_pid().is_ok_and(|own| lineage(own).contains(&pid))
}
