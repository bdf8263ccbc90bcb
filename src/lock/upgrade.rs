//! Converts a lock that is held, from shared to exclusive or the reverse, without losing it.
//!
//! flock(2) is not atomic when it converts: if it cannot give the exclusive lock at once, it drops
//! the shared one first, and while the caller waits another process may acquire the lock. Two rules
//! keep every process out that follows them:
//!
//! 1. A holder that upgrades first locks a gate of its own, CONVERSION. Only one can lock it; a
//!    second one is refused, for each of the two would wait for the other one's shared lock.
//! 2. A process that has acquired the main lock exclusively then looks at CONVERSION (`acquire`).
//!    If it is locked, the process releases the main lock, and waits until the upgrade is over.
//!
//! So no writer gets in between. If it finds CONVERSION locked, it releases what it has. If not, no
//! upgrade has begun, and none can begin: it begins with a shared lock, and this writer holds the
//! lock alone. That is why the writer looks after it has acquired the lock and not before. New
//! readers wait as well, for CONVERSION is among the bytes that they share at the gates.
//!
//! The process that gave way waits by sharing LANDING and CONVERSION for an instant. Those two
//! bytes are the difference between a second upgrade and one that only passes: a holder that finds
//! CONVERSION shared, and not locked exclusively, waits at LANDING, where no process stays.
//!
//! CONVERSION belongs to the open file and not to the process, so no close in this process can drop
//! it. A program that knows no gates, such as flock(1), does not look at it, and may get in
//! between: then the upgrade ends with [`Error::Lost`](super::Error::Lost).
//!
//! The fcntl family converts atomically, and needs only the first rule.

use std::time::Duration;
use std::{io, thread};

use super::deadlock::Deadlock;
use super::deadlock_watch::{DeadlockWatch, WatchFor};
use super::file::LockFile;
use super::gate_file::GateFile;
use super::main_lock;
use super::request::Nested;
use super::unfair::UnfairReason;
use super::wait::Wait;
use super::wait_error::WaitError;
use super::wait_state::WaitState;
use crate::holders::holds_alone;
use crate::layout::Gate;
use crate::mode::{Family, Mode};
use crate::sys::records::{self, RecordOwner};
use crate::sys::statfs::keeps_families_apart;

/// How long a failed upgrade waits to restore its shared lock.
const LONGEST_RESTORE: Duration = Duration::from_secs(1);

/// How often an upgrade that must not wait looks whether the processes in CONVERSION have passed;
/// they share it only for an instant.
const LOOKS: usize = 1000;

/// Converts a shared lock to an exclusive one. After an error the shared lock is held as before,
/// except after [`WaitError::Lost`].
pub(crate) fn upgrade(lock: &LockFile, nested: Nested, wait_state: &WaitState) -> Result<(), WaitError> {
    let gate = UpgradeGate::lock(lock, wait_state)?;
    // Without waiting, flock(2) would drop the shared lock if there are other readers.
    if lock.family == Family::Flock && !wait_state.may_wait() && !holds_alone(&lock.file, lock.family) {
        return Err(WaitError::Busy);
    }
    let converted = become_exclusive(lock, nested, wait_state);
    // Restored while the gate is locked: no process that looks at it gets in between.
    let restored = match (&converted, lock.family) {
        (Err(_), Family::Flock) => restore_shared(lock),
        _ => Ok(()),
    };
    let was_seen = gate.is_still_there();
    drop(gate);
    // If the gate file was removed by hand, writers may not have seen the gate.
    if lock.family == Family::Flock && !was_seen {
        let _ = main_lock::unlock(lock);
        return Err(WaitError::Lost);
    }
    restored.and(converted)
}

/// Converts an exclusive lock to a shared one. No other process holds it, so the call never waits,
/// and Linux (since 4.0) converts in one step. If it would have to wait, the lock was not held:
/// another process has unlocked the open file.
pub(crate) fn downgrade(lock: &LockFile) -> Result<(), WaitError> {
    let converted = main_lock::try_lock(lock, Mode::Shared).map_err(WaitError::Failed)?;
    if converted { Ok(()) } else { Err(WaitError::Lost) }
}

fn become_exclusive(lock: &LockFile, nested: Nested, wait_state: &WaitState) -> Result<(), WaitError> {
    if main_lock::try_lock(lock, Mode::Exclusive).map_err(WaitError::Failed)? {
        return Ok(());
    }
    wait_state.begin(&lock.path)?;
    let watch_for =
        WatchFor { mode: Mode::Exclusive, nested: Some(nested), may_be_below_reader: false, slots: None };
    let watch = DeadlockWatch::start(lock, watch_for, wait_state);
    let locked = main_lock::lock(lock, Mode::Exclusive, wait_state);
    drop(watch);
    locked
}

/// Acquires the shared lock again that flock(2) dropped. The gate is still locked, so only a
/// process that knows no gates can hold it now.
fn restore_shared(lock: &LockFile) -> Result<(), WaitError> {
    let wait_state = WaitState::new(Wait::at_most(LONGEST_RESTORE));
    main_lock::lock(lock, Mode::Shared, &wait_state).map_err(|_| WaitError::Lost)
}

/// CONVERSION, locked until this is dropped: no other process upgrades this lock or gets in
/// between.
#[derive(Debug)]
struct UpgradeGate {
    file: GateFile,
    family: Family,
}

impl UpgradeGate {
    /// For a process that holds the lock shared and wants it exclusively.
    fn lock(lock: &LockFile, wait_state: &WaitState) -> Result<Self, WaitError> {
        if !keeps_families_apart(&lock.file) {
            return Err(WaitError::CannotConvert(UnfairReason::NotLocal));
        }
        let file = GateFile::enter(lock).map_err(WaitError::CannotConvert)?;
        if !file.is_writable() {
            return Err(WaitError::CannotConvert(UnfairReason::ReadOnly));
        }
        if lock.family == Family::Flock && !file.is_seen_by_all(lock) {
            return Err(WaitError::CannotConvert(UnfairReason::NotSeenByAll));
        }
        // All threads use one open file, whose locks do not conflict: so threads are kept apart
        // here.
        if std::mem::replace(&mut file.threads(lock.family).upgrades, true) {
            return Err(another_upgrades());
        }
        let gate = Self { file, family: lock.family };
        gate.lock_conversion(wait_state)?;
        Ok(gate)
    }

    fn lock_conversion(&self, wait_state: &WaitState) -> Result<(), WaitError> {
        let (gate, file) = (Gate::of(self.family), self.file.file());
        let is_free =
            |mode| records::is_free(file, gate.conversion(), mode).map_err(|error| unusable(&error));
        let try_lock =
            || records::try_set(file, RecordOwner::Description, gate.conversion(), Mode::Exclusive);
        let mut looks = 0;
        while !try_lock().map_err(|error| unusable(&error))? {
            // Locked exclusively: another upgrade. Shared: processes that only pass.
            if !is_free(Mode::Shared)? {
                return Err(another_upgrades());
            }
            if wait_state.may_wait() {
                self.wait_at_landing(wait_state)?;
            } else if looks == LOOKS {
                return Err(WaitError::Busy);
            }
            looks += 1;
            thread::yield_now();
        }
        Ok(())
    }

    /// Waits for the processes that share LANDING and CONVERSION to pass. Not at CONVERSION itself:
    /// if another upgrade locked that first, the two would wait for each other.
    fn wait_at_landing(&self, wait_state: &WaitState) -> Result<(), WaitError> {
        let (landing, file) = (Gate::of(self.family).landing(), self.file.file());
        ignore_refusal(
            wait_state.block(|| records::set(file, RecordOwner::Description, landing, Mode::Exclusive)),
        )?;
        let _ = records::clear(file, RecordOwner::Description, landing);
        Ok(())
    }

    fn is_still_there(&self) -> bool {
        self.file.is_still_there()
    }
}

impl Drop for UpgradeGate {
    fn drop(&mut self) {
        let gate = Gate::of(self.family).conversion();
        let _ = records::clear(self.file.file(), RecordOwner::Description, gate);
        self.file.threads(self.family).upgrades = false;
    }
}

/// The gate file of an upgrade that is under way, to which a writer must yield. Never one in the
/// fcntl family, where the kernel converts atomically.
///
/// # Errors
/// The gate file exists and cannot be opened, so there may be an upgrade.
pub(crate) fn under_way(lock: &LockFile) -> io::Result<Option<GateFile>> {
    if lock.family == Family::Fcntl {
        return Ok(None);
    }
    let gate = Gate::of(lock.family).conversion();
    let is_empty = |file: &GateFile| records::is_free(file.file(), gate, Mode::Shared).unwrap_or(true);
    Ok(GateFile::look(lock)?.filter(|file| !is_empty(file)))
}

/// Blocks until the upgrade is over.
pub(crate) fn wait_until_over(
    upgrade: &GateFile,
    family: Family,
    wait_state: &WaitState,
) -> Result<(), WaitError> {
    let (gate, file) = (Gate::of(family).landing_and_conversion(), upgrade.file());
    ignore_refusal(wait_state.block(|| records::set(file, RecordOwner::Process, gate, Mode::Shared)))?;
    let _ = records::clear(file, RecordOwner::Process, gate);
    Ok(())
}

/// Ignores that the kernel refuses a gate: `ENOLCK`, or `EDEADLK` although different threads of the
/// processes wait. The caller looks again, and at worst waits for the upgrade at the main lock.
fn ignore_refusal(waited: Result<(), WaitError>) -> Result<(), WaitError> {
    match waited {
        Err(WaitError::Failed(_)) => {
            thread::yield_now();
            Ok(())
        }
        waited => waited,
    }
}

fn another_upgrades() -> WaitError {
    WaitError::Deadlock(Box::new(Deadlock::Upgrade))
}

/// Without the gate no lock is converted, for it might be lost.
fn unusable(error: &io::Error) -> WaitError {
    WaitError::CannotConvert(UnfairReason::NoGateFile(error.raw_os_error().unwrap_or(libc::EIO)))
}
