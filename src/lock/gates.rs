//! The gates: record locks on bytes far behind the end of the lock file, which
//! put those who wait into an order. Nothing is written anywhere.
//!
//! The layout is a promise between versions; the manual documents it, so that
//! others can join.
//!
//! | bytes        | name   | who                                               |
//! | ------------ | ------ | ------------------------------------------------- |
//! | 2^62         | QUEUE  | writers, one at a time, from arrival until release |
//! | 2^62+2       | GATE   | the writer whose turn it is, while it waits        |
//! | 2^62+2+pid   | INTENT | a preferring writer, from arrival until release    |
//! | 2^62+2^31    | LANDING | one who wants to convert, for an instant             |
//! | 2^62+2^31+1  | CONVERSION | who upgrades a lock it holds; see `conversion`  |
//!
//! A reader shares GATE and all of INTENT for as long as it waits. So a reader
//! that comes after a waiting writer stands behind it, and the next writer
//! stands behind that reader: phases (Brandenburg and Anderson 2009).
//!
//! A lost gate costs order, never exclusion. So whatever goes wrong with one is
//! answered by going on without it.

use std::fs::File;
use std::process;

use super::file::LockFile;
use super::gave_up::GaveUp;
use super::layout;
use super::mode::Mode;
use super::patience::Patience;
use super::unordered::Unordered;
use crate::sys::records::{self, Bytes, Owner};
use crate::thread::Preference;

const QUEUE: Bytes = Bytes { first: layout::QUEUE, count: 1 };
const GATE: Bytes = Bytes { first: layout::GATE, count: 1 };
const GATE_AND_INTENT: Bytes = Bytes { first: layout::GATE, count: 1 + i32::MAX as i64 };

/// The way through the gates for one who wants the main lock.
///
/// Writers stand in them on a descriptor of their own, readers on the lock's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gates {
    side: Side,
}

/// Who goes through, and so by which gates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// No gates at all: first come, first served.
    Bypass,
    /// GATE and INTENT, shared, while it waits.
    Reader,
    /// QUEUE until the release, GATE while it waits.
    FairWriter,
    /// INTENT and then QUEUE, both until the release.
    PreferringWriter,
}

impl Gates {
    /// The gates that stand before this lock for one who wants it so; why there
    /// are none, where there can be none.
    pub(crate) fn before(lock: &LockFile, mode: Mode, preference: Preference) -> Result<Self, Unordered> {
        let side = match (mode, preference) {
            (_, Preference::Reader) => return Ok(Self::none()),
            (Mode::Shared, _) => Side::Reader,
            (Mode::Exclusive, Preference::PhaseFair) => Side::FairWriter,
            (Mode::Exclusive, Preference::Writer) => Side::PreferringWriter,
        };
        if !lock.has_gates() {
            return Err(Unordered::FileSystem);
        }
        match side {
            Side::Bypass | Side::Reader => {}
            _ if lock.executable => return Err(Unordered::Executable),
            _ if lock.for_writing().is_none() => return Err(Unordered::NotWritable),
            _ => {}
        }
        Ok(Self { side })
    }

    /// No gates: first come, first served.
    pub(crate) fn none() -> Self {
        Self { side: Side::Bypass }
    }

    /// Looks whether nobody is before us, without waiting. A writer has QUEUE
    /// after it, whatever the answer; what it would only pass is left alone, so
    /// that being refused refuses nobody else.
    pub(crate) fn try_pass(&self, lock: &LockFile) -> bool {
        let file = self.file(lock);
        match self.side {
            Side::Bypass => true,
            Side::Reader => !is_shut(file, GATE_AND_INTENT, Mode::Shared),
            Side::FairWriter | Side::PreferringWriter => {
                take_if_free(file, QUEUE, Mode::Exclusive) && !is_shut(file, GATE_AND_INTENT, Mode::Exclusive)
            }
        }
    }

    /// Goes through, sleeping in the kernel before each gate that is shut.
    pub(crate) fn pass(&self, lock: &LockFile, patience: &Patience) -> Result<(), GaveUp> {
        let file = self.file(lock);
        match self.side {
            Side::Bypass => Ok(()),
            Side::Reader => take(file, GATE_AND_INTENT, Mode::Shared, patience),
            Side::FairWriter => {
                take(file, QUEUE, Mode::Exclusive, patience)?;
                take(file, GATE, Mode::Exclusive, patience)
            }
            Side::PreferringWriter => {
                let _ = records::clear(file, Owner::Process, QUEUE);
                take(file, own_intent(), Mode::Exclusive, patience)?;
                take(file, QUEUE, Mode::Exclusive, patience)
            }
        }
    }

    /// The waiting is over, with the main lock or without it: opens what is
    /// held only while waiting.
    pub(crate) fn passed(&self, lock: &LockFile) {
        let _ = match self.side {
            Side::Reader => records::clear(self.file(lock), Owner::Process, GATE_AND_INTENT),
            Side::FairWriter => records::clear(self.file(lock), Owner::Process, GATE),
            Side::Bypass | Side::PreferringWriter => Ok(()),
        };
    }

    /// The main lock was free at once: announces what stays until the release.
    pub(crate) fn entered(&self, lock: &LockFile) {
        if self.side == Side::PreferringWriter {
            let _ = records::try_set(self.file(lock), Owner::Process, own_intent(), Mode::Exclusive);
        }
    }

    /// The main lock has been given back, or is not to be had. INTENT goes
    /// before QUEUE, or a fair and a preferring writer in turns could keep the
    /// readers out for ever.
    pub(crate) fn leave(&self, lock: &LockFile) {
        let file = self.file(lock);
        if self.side == Side::PreferringWriter {
            let _ = records::clear(file, Owner::Process, own_intent());
        }
        if matches!(self.side, Side::FairWriter | Side::PreferringWriter) {
            let _ = records::clear(file, Owner::Process, QUEUE);
        }
    }

    fn file<'a>(&self, lock: &'a LockFile) -> &'a File {
        match self.side {
            Side::Bypass | Side::Reader => lock.for_gates(),
            Side::FairWriter | Side::PreferringWriter => {
                lock.for_writing().unwrap_or_else(|| lock.for_gates())
            }
        }
    }
}

fn own_intent() -> Bytes {
    Bytes { first: layout::INTENT + i64::from(process::id()), count: 1 }
}

/// Takes the gate if nobody stands in it; `false` if somebody does. A record
/// lock from before the gates belongs to a stranger, who knows nothing of them:
/// then there is no gate to be had, and none to wait for.
fn take_if_free(file: &File, gate: Bytes, mode: Mode) -> bool {
    match records::try_set(file, Owner::Process, gate, mode) {
        Ok(taken) => taken || !is_shut(file, gate, mode),
        Err(_) => true,
    }
}

fn is_shut(file: &File, gate: Bytes, mode: Mode) -> bool {
    let blocker = records::blocker(file, gate, mode);
    blocker.is_ok_and(|first| first.is_some_and(|first| first >= layout::GATES))
}

/// Takes the gate, waiting for it if somebody stands in it. Where the kernel
/// refuses (it sees a deadlock between processes where there is none between
/// their threads, or has no locks left) we go on without.
fn take(file: &File, gate: Bytes, mode: Mode, patience: &Patience) -> Result<(), GaveUp> {
    if take_if_free(file, gate, mode) {
        return Ok(());
    }
    match patience.block(|| records::set(file, Owner::Process, gate, mode)) {
        Err(GaveUp::Failed(_)) => Ok(()),
        waited => waited,
    }
}
