//! The slots of a lock: a holder has the main lock shared, and some of N bytes of the lock file
//! alone.
//!
//! A writer therefore waits for the holders of all slots, and a slot is free as soon as its holder
//! is gone, however it went. The bytes are locked by the open file, as the main lock is, so a
//! command inherits both together.
//!
//! A process takes the main lock first, as a reader does, and then the lowest free slots: as many as
//! it needs, or none. One that has to wait stands in the [`SlotLine`](super::slot_line), and at its
//! head sleeps until enough slots are free; nobody else takes one meanwhile. So a process never
//! waits for anything while it holds slots: two processes that need several do not wait for each
//! other with half of them in hand, and a nested command does not wait for one that waits for its
//! parent.

use std::io;

use super::file::LockFile;
use super::request::Slots;
use super::slot_watch::SlotWatch;
use super::wait_error::WaitError;
use super::wait_state::WaitState;
use crate::layout::{ALL_SLOTS, SLOT_BYTES, SLOTS, slot, slot_count};
use crate::mode::{Family, Mode};
use crate::sys::records::{self, RecordOwner::Description};

/// Takes the lowest free slots if enough of them are free: all that are needed, or none. For a
/// process that holds the main lock.
pub(super) fn try_take(lock: &LockFile, slots: Slots) -> io::Result<Option<Vec<u32>>> {
    Ok(try_all(lock, slots)?.ok())
}

/// Waits until enough slots are free, and takes them. For a process that holds the main lock.
pub(super) fn take(lock: &LockFile, slots: Slots, wait_state: &WaitState) -> Result<Vec<u32>, WaitError> {
    announce(lock, slots);
    let mut sleepers = None;
    loop {
        let in_the_way = match try_all(lock, slots).map_err(WaitError::Failed)? {
            // Only now the threads of the last sleep are ended.
            Ok(numbers) => return Ok(numbers),
            Err(in_the_way) => in_the_way,
        };
        drop(sleepers.take());
        // This thread sleeps for one of them, and one more thread for each of the others.
        let Some((&first, others)) = in_the_way.split_first() else { continue };
        let others = SlotWatch::start(&lock.file, others, wait_state).map_err(WaitError::Failed)?;
        wait_state.block(|| {
            if others.has_seen_one_free()? {
                return Ok(());
            }
            records::set(&lock.file, Description, slot(first), Mode::Exclusive)
        })?;
        sleepers = Some(others);
    }
}

/// Takes the lowest free slots, or finds those of others that are in the way: before one of them is
/// free, too few are. A slot that this open file holds already is one of the free ones.
///
/// It stops as soon as too few are left. Otherwise, of two processes that want two of two slots at
/// the same time, each could get one and refuse the other.
fn try_all(lock: &LockFile, slots: Slots) -> io::Result<Result<Vec<u32>, Vec<u32>>> {
    let (mut numbers, mut in_the_way) = (Vec::new(), Vec::new());
    for number in 0..slots.count {
        match records::try_set(&lock.file, Description, slot(number), Mode::Exclusive) {
            Ok(true) => numbers.push(number),
            Ok(false) => in_the_way.push(number),
            Err(error) => {
                release(lock)?;
                return Err(error);
            }
        }
        if numbers.len() == slots.take as usize {
            return Ok(Ok(numbers));
        }
        if in_the_way.len() > (slots.count - slots.take) as usize {
            break;
        }
    }
    records::clear(&lock.file, Description, SLOT_BYTES)?;
    Ok(Err(in_the_way))
}

/// Shows how many slots there are, and that this open file is for them: to `status`, and to one that
/// wants the lock alone. An error does not matter.
pub(super) fn announce(lock: &LockFile, slots: Slots) {
    let _ = records::try_set(&lock.file, Description, slot_count(slots.count), Mode::Shared);
}

/// Releases all slots of this open file.
pub(super) fn release(lock: &LockFile) -> io::Result<()> {
    records::clear(&lock.file, Description, ALL_SLOTS)
}

/// Whether any slot is held or waited for. A process that wants the lock alone must then hold new
/// holders back. A lock of the fcntl family covers these bytes too, but begins before them.
pub(super) fn are_used(lock: &LockFile) -> bool {
    let conflict = records::conflict(&lock.file, ALL_SLOTS, Mode::Exclusive);
    lock.family == Family::Flock && conflict.is_ok_and(|first| first.is_some_and(|first| first >= SLOTS))
}
