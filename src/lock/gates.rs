//! The gates: record locks on bytes of the gate file, which put the waiters into an order.
//!
//! | byte                | held by                                                        |
//! | ------------------- | -------------------------------------------------------------- |
//! | QUEUE               | writers, one at a time, from arrival until they hold the lock  |
//! | PASSAGE             | the writer whose turn it is, until it holds the lock           |
//! | INTENT              | a preferring writer, one byte each, from arrival until release |
//! | LANDING, CONVERSION | holders that upgrade; see `upgrade`                            |
//!
//! A reader shares the bytes from PASSAGE to CONVERSION until it holds the lock. So:
//!
//! 1. A reader that arrives after a writer has locked PASSAGE waits for that writer.
//! 2. A fair writer at the head of QUEUE first acquires the main lock *shared*, and releases it. It
//!    gets the lock together with the readers that waited for the writer before it.
//! 3. Only then does it lock PASSAGE, and wait for the main lock exclusively.
//!
//! So each reader waits for one writer at most, and one phase of readers separates two writers: a
//! phase-fair lock (Brandenburg and Anderson, 2009). A preferring writer locks an INTENT byte
//! instead of PASSAGE, before it joins QUEUE, and keeps it until the release, so readers wait as
//! long as there is any writer.
//!
//! Every process locks in one order (INTENT, QUEUE, PASSAGE, main lock), so the gates add no
//! deadlock.
//!
//! A lost gate costs order, never exclusion. So a process that cannot lock a gate goes on without
//! it. The last step, `main_lock`, decides.

use std::hash::{BuildHasher, RandomState};

use super::file::LockFile;
use super::gate_file::GateFile;
use super::main_lock;
use super::unfair::UnfairReason;
use super::wait_error::WaitError;
use super::wait_state::WaitState;
use crate::layout::{Bytes, Gate};
use crate::mode::{Family, Mode};
use crate::sys::records::{self, RecordOwner};
use crate::thread::Preference;

/// How a process passes the gates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Without gates: first come, first served.
    Bypass,
    Reader,
    FairWriter,
    PreferringWriter,
}

/// The gates that one waiter has locked. The waiter drops them when it holds the lock or gives up,
/// and the next waiters pass.
#[derive(Debug)]
pub(crate) struct Gates {
    file: GateFile,
    side: Side,
    family: Family,
    /// The byte that a preferring writer locks.
    intent: Option<Bytes>,
}

/// The byte of a preferring writer that holds the lock. Readers wait until this is dropped.
#[derive(Debug)]
pub(crate) struct Intent {
    file: GateFile,
    byte: Bytes,
}

impl Side {
    /// How a process that asks for this mode passes. Where readers go first there are no gates:
    /// they wait only for the writer that holds the lock.
    pub(crate) fn of(mode: Mode, order: Option<Preference>) -> Self {
        match (mode, order) {
            (_, None | Some(Preference::Reader)) => Self::Bypass,
            (Mode::Shared, Some(_)) => Self::Reader,
            (Mode::Exclusive, Some(Preference::PhaseFair)) => Self::FairWriter,
            (Mode::Exclusive, Some(Preference::Writer)) => Self::PreferringWriter,
        }
    }

    /// Whether no other process is ahead of this one. It only looks: if it locked a gate, an
    /// attempt that fails could make another process' attempt fail. Without a gate file no process
    /// waits.
    pub(crate) fn finds_the_gates_open(self, lock: &LockFile) -> bool {
        let gate = Gate::of(lock.family);
        let (bytes, mode) = match self {
            Self::Bypass => return true,
            Self::Reader => (gate.way_in(), Mode::Shared),
            Self::FairWriter | Self::PreferringWriter => (gate.all(), Mode::Exclusive),
        };
        let gate_file = GateFile::look(lock).ok().flatten();
        gate_file.is_none_or(|gate_file| is_free(&gate_file, bytes, mode))
    }
}

impl Gates {
    /// Opens the gate file, and locks no gate yet; `None` for a process that passes without gates.
    ///
    /// # Errors
    /// Why there are no gates.
    pub(crate) fn arrive(lock: &LockFile, side: Side) -> Result<Option<Self>, UnfairReason> {
        if side == Side::Bypass {
            return Ok(None);
        }
        let (file, family) = (GateFile::enter(lock)?, lock.family);
        if side != Side::Reader && !file.is_writable() {
            return Err(UnfairReason::ReadOnly);
        }
        if side == Side::Reader {
            // Before the gates are locked, so that no other thread's departure unlocks them.
            file.threads(family).readers += 1;
        }
        Ok(Some(Self { file, side, family, intent: None }))
    }

    /// Locks the gates in their order, blocking in the kernel at each one that is locked already.
    pub(crate) fn pass(&mut self, lock: &LockFile, wait_state: &WaitState) -> Result<(), WaitError> {
        let gate = Gate::of(self.family);
        match self.side {
            Side::Bypass => Ok(()),
            Side::Reader => self.lock_gate(gate.way_in(), Mode::Shared, wait_state),
            Side::FairWriter => {
                self.lock_gate(gate.queue(), Mode::Exclusive, wait_state)?;
                // One phase of readers first: those that waited for the writer before this one.
                enter_with_the_readers(lock, wait_state)?;
                self.lock_gate(gate.passage(), Mode::Exclusive, wait_state)
            }
            Side::PreferringWriter => {
                // INTENT before QUEUE: readers must wait for this writer while it queues, too.
                self.intent = self.free_intent();
                if let Some(byte) = self.intent {
                    self.lock_gate(byte, Mode::Exclusive, wait_state)?;
                }
                self.lock_gate(gate.queue(), Mode::Exclusive, wait_state)
            }
        }
    }

    /// Locks the byte of a preferring writer that acquired the lock at once, unless readers wait by
    /// now.
    pub(crate) fn announce(mut self) -> Option<Intent> {
        let try_lock = |byte: &Bytes| {
            records::try_set(self.file.file(), RecordOwner::Process, *byte, Mode::Exclusive).unwrap_or(false)
        };
        self.intent = self.free_intent().filter(try_lock);
        self.entered()
    }

    /// Drops the gates after the main lock was acquired, but for the one that a preferring writer
    /// keeps until the release.
    pub(crate) fn entered(mut self) -> Option<Intent> {
        self.intent.take().map(|byte| Intent { file: self.file.clone(), byte })
    }

    /// A byte that no other preferring writer has locked. A writer that still waits for its byte is
    /// not seen, so each process starts the search at a random byte. `None` if so many bytes are
    /// locked that it cannot be chance.
    fn free_intent(&self) -> Option<Bytes> {
        const TRIES: i64 = 64;
        let start = i64::try_from(RandomState::new().hash_one(()) >> 33).unwrap_or_default();
        let mut bytes = (start..start + TRIES).map(|number| Gate::of(self.family).intent(number));
        bytes.find(|&byte| is_free(&self.file, byte, Mode::Shared))
    }

    fn lock_gate(&self, gate: Bytes, mode: Mode, wait_state: &WaitState) -> Result<(), WaitError> {
        lock_gate(&self.file, gate, mode, wait_state)
    }

    fn unlock_gate(&self, gate: Bytes) {
        let _ = records::clear(self.file.file(), RecordOwner::Process, gate);
    }
}

impl Drop for Gates {
    fn drop(&mut self) {
        let gate = Gate::of(self.family);
        match self.side {
            Side::Bypass => {}
            Side::Reader => {
                // To the kernel, all readers of a process are one lock; the last one unlocks it.
                let mut threads = self.file.threads(self.family);
                threads.readers -= 1;
                if threads.readers == 0 {
                    self.unlock_gate(gate.way_in());
                }
            }
            // PASSAGE before QUEUE: readers that wait here acquire the lock before the next writer
            // comes to the head of the queue.
            Side::FairWriter => {
                self.unlock_gate(gate.passage());
                self.unlock_gate(gate.queue());
            }
            Side::PreferringWriter => {
                self.intent.into_iter().for_each(|byte| self.unlock_gate(byte));
                self.unlock_gate(gate.queue());
            }
        }
    }
}

impl Gate {
    /// The gates of a family. Each has its own, for a command under a lock of one family may wait
    /// for one of the other.
    pub(crate) const fn of(family: Family) -> Self {
        match family {
            Family::Flock => Self::FLOCK,
            Family::Fcntl => Self::FCNTL,
        }
    }
}

impl Drop for Intent {
    fn drop(&mut self) {
        if self.file.is_ours() {
            let _ = records::clear(self.file.file(), RecordOwner::Process, self.byte);
        }
    }
}

/// Waits until no writer holds the lock, by holding it shared for an instant, together with the
/// readers that waited. An error costs only order.
fn enter_with_the_readers(lock: &LockFile, wait_state: &WaitState) -> Result<(), WaitError> {
    match main_lock::lock(lock, Mode::Shared, wait_state) {
        Ok(()) => main_lock::unlock(lock).map_err(WaitError::Failed),
        Err(WaitError::Failed(_)) => Ok(()),
        Err(why) => Err(why),
    }
}

/// Locks the gate, blocking if need be. Goes on without it where the kernel refuses it: `ENOLCK`, or
/// `EDEADLK` for a cycle of processes of which different threads wait.
pub(super) fn lock_gate(
    gate_file: &GateFile,
    gate: Bytes,
    mode: Mode,
    wait_state: &WaitState,
) -> Result<(), WaitError> {
    if !matches!(records::try_set(gate_file.file(), RecordOwner::Process, gate, mode), Ok(false)) {
        return Ok(());
    }
    match wait_state.block(|| records::set(gate_file.file(), RecordOwner::Process, gate, mode)) {
        Err(WaitError::Failed(_)) => Ok(()),
        waited => waited,
    }
}

/// Whether the gate could be locked; an error counts as yes, for gates must not refuse a lock.
pub(super) fn is_free(gate_file: &GateFile, gate: Bytes, mode: Mode) -> bool {
    records::is_free(gate_file.file(), gate, mode).unwrap_or(true)
}
