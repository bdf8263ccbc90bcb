//! The line of the processes that wait for slots, first come, first served.
//!
//! Three locks make it. The gate SLOT-QUEUE is one like the others ([`gates`](super::gates)): a
//! record lock on a byte of the gate file, which puts the waiters into their order and shows them to
//! `status`. All of them share SLOT-WAITERS, so a process that does not wait sees them, and takes no
//! slot: it passes no waiter. TURN is a byte of the lock file, and belongs to the one process that
//! takes slots next. So processes that see different gate files, as in two containers, still take
//! turns.
//!
//! To the kernel the threads of a process are one owner of a gate, so they take turns before they
//! come here (`interprocess`).

use super::file::LockFile;
use super::gate_file::GateFile;
use super::gates::{is_free, lock_gate};
use super::unfair::UnfairReason;
use super::wait_error::WaitError;
use super::wait_state::WaitState;
use crate::layout::{Bytes, Gate, TURN};
use crate::mode::Mode;
use crate::sys::records::{self, RecordOwner};

/// The head of the line, until it is dropped.
#[derive(Debug)]
pub(super) struct SlotLine<'a> {
    lock: &'a LockFile,
    /// Why waiters are not in their order.
    pub(super) unfair_reason: Option<UnfairReason>,
    _queue: Option<SlotQueue>,
}

/// A place in the queue, until it is dropped.
#[derive(Debug)]
struct SlotQueue(GateFile);

impl<'a> SlotLine<'a> {
    /// Whether no other process waits for slots.
    pub(super) fn is_empty(lock: &LockFile) -> bool {
        let gate_file = GateFile::look(lock).ok().flatten();
        gate_file.is_none_or(|file| is_free(&file, WAITERS, Mode::Exclusive))
            && records::is_free(&lock.file, TURN, Mode::Exclusive).unwrap_or(true)
    }

    /// Waits until this process is the next one to take slots.
    pub(super) fn wait(lock: &'a LockFile, wait_state: &WaitState) -> Result<Self, WaitError> {
        let (queue, unfair_reason) = match SlotQueue::arrive(lock) {
            Ok(queue) => (Some(queue), None),
            Err(why) => (None, Some(why)),
        };
        if let Some(queue) = &queue {
            lock_gate(&queue.0, WAITERS, Mode::Shared, wait_state)?;
            lock_gate(&queue.0, QUEUE, Mode::Exclusive, wait_state)?;
        }
        wait_state.block(|| records::set(&lock.file, RecordOwner::Description, TURN, Mode::Exclusive))?;
        Ok(Self { lock, unfair_reason, _queue: queue })
    }
}

impl Drop for SlotLine<'_> {
    fn drop(&mut self) {
        let _ = records::clear(&self.lock.file, RecordOwner::Description, TURN);
    }
}

// Slots are a matter of the flock family.
const QUEUE: Bytes = Gate::FLOCK.slot_queue();
const WAITERS: Bytes = Gate::FLOCK.slot_waiters();

impl SlotQueue {
    /// Opens the gate file, and locks nothing yet.
    ///
    /// # Errors
    /// Why there is no queue.
    fn arrive(lock: &LockFile) -> Result<Self, UnfairReason> {
        let file = GateFile::enter(lock)?;
        if file.is_writable() { Ok(Self(file)) } else { Err(UnfairReason::ReadOnly) }
    }
}

impl Drop for SlotQueue {
    fn drop(&mut self) {
        if self.0.is_ours() {
            for gate in [QUEUE, WAITERS] {
                let _ = records::clear(self.0.file(), RecordOwner::Process, gate);
            }
        }
    }
}
