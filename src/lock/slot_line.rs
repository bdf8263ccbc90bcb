//! The line of the processes that wait for slots, first come, first served.
//!
//! Two locks make it. The gate SLOT-QUEUE is one like the others ([`gates`](super::gates)): a record
//! lock on a byte of the gate file, which puts the waiters into their order and shows them to
//! `status`. TURN is a byte of the lock file, and belongs to the one process that takes slots next.
//! A process that does not wait takes none while TURN is locked, so it passes no waiter; and
//! processes that see different gate files, as in two containers, still take turns.
//!
//! To the kernel the threads of a process are one owner of the gate, so they take turns before they
//! come here (`interprocess`).

use super::file::LockFile;
use super::gate_file::GateFile;
use super::gates::{is_free, lock_gate};
use super::unfair::UnfairReason;
use super::wait_error::WaitError;
use super::wait_state::WaitState;
use crate::layout::{Gate, TURN};
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
    /// Whether no other process waits for slots. TURN is free for an instant when the next waiter
    /// steps up, so both are looked at.
    pub(super) fn is_empty(lock: &LockFile) -> bool {
        let gate_file = GateFile::look(lock).ok().flatten();
        gate_file.is_none_or(|file| is_free(&file, GATE, Mode::Exclusive))
            && records::is_free(&lock.file, TURN, Mode::Exclusive).unwrap_or(true)
    }

    /// Waits until this process is the next one to take slots.
    pub(super) fn wait(lock: &'a LockFile, wait_state: &WaitState) -> Result<Self, WaitError> {
        let (queue, unfair_reason) = match SlotQueue::arrive(lock) {
            Ok(queue) => (Some(queue), None),
            Err(why) => (None, Some(why)),
        };
        if let Some(queue) = &queue {
            lock_gate(&queue.0, GATE, Mode::Exclusive, wait_state)?;
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

/// Slots are a matter of the flock family.
const GATE: crate::layout::Bytes = Gate::FLOCK.slot_queue();

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
            let _ = records::clear(self.0.file(), RecordOwner::Process, GATE);
        }
    }
}
