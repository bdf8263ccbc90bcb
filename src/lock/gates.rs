//! The gates: record locks on bytes of the gate file, which put those who wait into an order.
//!
//! | byte       | held by                                                          |
//! | ---------- | ---------------------------------------------------------------- |
//! | QUEUE      | writers, one at a time, from arrival until they hold the lock     |
//! | PASSAGE    | the writer whose turn it is, until it holds the lock              |
//! | INTENT     | a preferring writer, one byte each, from arrival until release    |
//! | LANDING, CONVERSION | those that upgrade; see `conversion`                     |
//!
//! A reader shares PASSAGE and all that follow until it holds the lock. So a reader that comes
//! after a writer in PASSAGE stands behind it. A fair writer that comes to the head of the queue
//! first asks for the lock *shared*: it gets that together with the readers that wait for the
//! writer before it, and only then closes PASSAGE. So each reader waits for one writer, and between
//! two writers there is one phase of readers (Brandenburg and Anderson 2009).
//!
//! A lost gate costs order, never exclusion. So whatever goes wrong with one is answered by going
//! on without it.

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

/// Who goes through the gates, and so by which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// No gates at all: first come, first served.
    Bypass,
    Reader,
    FairWriter,
    PreferringWriter,
}

/// One that goes through the gates, until it holds the lock or gives up: then this is dropped, and
/// the gates are open again. A reader that waits at PASSAGE goes first, and only then the next
/// writer comes to the head of the queue.
#[derive(Debug)]
pub(crate) struct Gates {
    file: GateFile,
    side: Side,
    family: Family,
    /// The byte of a preferring writer.
    intent: Option<Bytes>,
}

/// The byte of a preferring writer that holds the lock: no reader gets in until this is dropped.
#[derive(Debug)]
pub(crate) struct Intent {
    file: GateFile,
    byte: Bytes,
}

impl Side {
    /// Where readers go first nobody has to wait for a turn: they only ever wait for the writer inside.
    pub(crate) fn of(mode: Mode, order: Option<Preference>) -> Self {
        match (mode, order) {
            (_, None | Some(Preference::Reader)) => Self::Bypass,
            (Mode::Shared, Some(_)) => Self::Reader,
            (Mode::Exclusive, Some(Preference::PhaseFair)) => Self::FairWriter,
            (Mode::Exclusive, Some(Preference::Writer)) => Self::PreferringWriter,
        }
    }

    /// Looks whether nobody is before this one, without taking a gate: so one that is refused makes
    /// nobody else be refused. If there is no gate file, nobody is.
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
    /// Comes to the gates; `None` for one that passes none.
    ///
    /// # Errors
    /// Why there are none.
    pub(crate) fn before(lock: &LockFile, side: Side) -> Result<Option<Self>, UnfairReason> {
        if side == Side::Bypass {
            return Ok(None);
        }
        let (file, family) = (GateFile::enter(lock)?, lock.family);
        if side != Side::Reader && !file.is_writable() {
            return Err(UnfairReason::ReadOnly);
        }
        if side == Side::Reader {
            file.threads(family).readers += 1;
        }
        Ok(Some(Self { file, side, family, intent: None }))
    }

    /// Goes through, sleeping in the kernel at each gate that is closed.
    pub(crate) fn pass(&mut self, lock: &LockFile, wait_state: &WaitState) -> Result<(), WaitError> {
        let gate = Gate::of(self.family);
        match self.side {
            Side::Bypass => Ok(()),
            Side::Reader => self.take(gate.way_in(), Mode::Shared, wait_state),
            Side::FairWriter => {
                self.take(gate.queue(), Mode::Exclusive, wait_state)?;
                enter_with_the_readers(lock, wait_state)?;
                self.take(gate.passage(), Mode::Exclusive, wait_state)
            }
            Side::PreferringWriter => {
                self.intent = self.free_intent();
                if let Some(byte) = self.intent {
                    self.take(byte, Mode::Exclusive, wait_state)?;
                }
                self.take(gate.queue(), Mode::Exclusive, wait_state)
            }
        }
    }

    /// A preferring writer has got the lock at once: takes its byte, unless readers wait by now.
    pub(crate) fn announced(mut self) -> Option<Intent> {
        let take = |byte: &Bytes| {
            records::try_set(self.file.file(), RecordOwner::Process, *byte, Mode::Exclusive).unwrap_or(false)
        };
        self.intent = self.free_intent().filter(take);
        self.entered()
    }

    /// The lock is held: what of the gates stays closed until its release.
    pub(crate) fn entered(mut self) -> Option<Intent> {
        self.intent.take().map(|byte| Intent { file: self.file.clone(), byte })
    }

    /// A byte that no other preferring writer holds. One that waits for readers cannot be seen, so
    /// each begins to look at a place of its own. `None` where so many are taken that it is no chance.
    fn free_intent(&self) -> Option<Bytes> {
        const TRIES: i64 = 64;
        let start = (RandomState::new().hash_one(()) >> 33).cast_signed();
        let mut bytes = (start..start + TRIES).map(|number| Gate::of(self.family).intent(number));
        bytes.find(|&byte| is_free(&self.file, byte, Mode::Shared))
    }

    /// Takes the gate, waiting for it if it is closed. Where the kernel refuses (it sees a deadlock
    /// between processes where there is none between their threads, or has no locks left) this one
    /// goes on without.
    fn take(&self, gate: Bytes, mode: Mode, wait_state: &WaitState) -> Result<(), WaitError> {
        if !matches!(records::try_set(self.file.file(), RecordOwner::Process, gate, mode), Ok(false)) {
            return Ok(());
        }
        match wait_state.block(|| records::set(self.file.file(), RecordOwner::Process, gate, mode)) {
            Err(WaitError::Failed(_)) => Ok(()),
            waited => waited,
        }
    }

    fn open(&self, gate: Bytes) {
        let _ = records::clear(self.file.file(), RecordOwner::Process, gate);
    }
}

impl Drop for Gates {
    fn drop(&mut self) {
        let gate = Gate::of(self.family);
        match self.side {
            Side::Bypass => {}
            Side::Reader => {
                // The threads of a process share one lock, which goes with the last of them.
                let mut threads = self.file.threads(self.family);
                threads.readers -= 1;
                if threads.readers == 0 {
                    self.open(gate.way_in());
                }
            }
            Side::FairWriter => {
                self.open(gate.passage());
                self.open(gate.queue());
            }
            Side::PreferringWriter => {
                self.intent.into_iter().for_each(|byte| self.open(byte));
                self.open(gate.queue());
            }
        }
    }
}

impl Gate {
    /// Each family has gates of its own: a command under a lock of one may wait for the other.
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

/// Waits until no writer holds the lock: has it shared for an instant, together with the readers
/// that have been waiting. An error costs order only.
fn enter_with_the_readers(lock: &LockFile, wait_state: &WaitState) -> Result<(), WaitError> {
    match main_lock::lock(lock, Mode::Shared, wait_state) {
        Ok(()) => main_lock::unlock(lock).map_err(WaitError::Failed),
        Err(WaitError::Failed(_)) => Ok(()),
        Err(gave_up) => Err(gave_up),
    }
}

/// Whether the gate could be had, as far as can be seen.
fn is_free(gate_file: &GateFile, gate: Bytes, mode: Mode) -> bool {
    records::is_free(gate_file.file(), gate, mode).unwrap_or(true)
}
