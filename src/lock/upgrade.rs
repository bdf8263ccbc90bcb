//! Turning a lock that is held from shared to exclusive, or the reverse, without
//! losing it.
//!
//! Of two that upgrade one is refused, for each waits for the other one's shared
//! lock; and nobody writes between the shared lock and the exclusive one.
//!
//! The gate of those that convert a lock that they hold from shared to exclusive.
//!
//! flock(2) lets the old lock go when it cannot give the new one at once, and in between another
//! process may get in. So one that converts stands in a gate of its own, CONVERSION; and one that
//! has got the main lock exclusively looks whether there is a gate file with a converter in it, and
//! if so gives the lock back and waits until the gate is empty. New readers stand before it too,
//! for it is one of the bytes that they share.
//!
//! CONVERSION belongs to the open file and not to the process: nothing that the process closes can
//! lose it.
//!
//! One that gave way shares the gate for an instant, with the byte before it, LANDING. It can be
//! waited for there, where no converter stands.
//!
//! A program that takes part in no order (flock(1)) does not look, and may get in between.

use std::time::Duration;
use std::{io, thread};

use super::deadlock::Deadlock;
use super::deadlock_watch::{DeadlockWatch, LooksFor};
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

/// How long a stranger may keep us from having our shared lock again.
const LONGEST_RETURN: Duration = Duration::from_secs(1);

/// From shared to exclusive. Refused, the shared lock is held as before.
pub(crate) fn upgrade(lock: &LockFile, nested: Nested, wait_state: &WaitState) -> Result<(), WaitError> {
    let conversion = UpgradeGate::begin(lock, wait_state)?;
    if lock.family == Family::Flock && !wait_state.may_wait() && !holds_alone(&lock.file, lock.family) {
        return Err(WaitError::Busy);
    }
    let converted = become_exclusive(lock, nested, wait_state);
    let kept = match (&converted, lock.family) {
        (Err(_), Family::Flock) => take_back(lock),
        _ => Ok(()),
    };
    let was_seen = conversion.was_seen();
    drop(conversion);
    if lock.family == Family::Flock && !was_seen {
        let _ = main_lock::unlock(lock);
        return Err(WaitError::Lost);
    }
    kept.and(converted)
}

/// From exclusive to shared. Nobody else holds it, so Linux (since 4.0) gives
/// the new lock in the same step in which it takes the old one.
pub(crate) fn downgrade(lock: &LockFile) -> Result<(), WaitError> {
    main_lock::lock(lock, Mode::Shared, &WaitState::new(Wait::forever()))
}

fn become_exclusive(lock: &LockFile, nested: Nested, wait_state: &WaitState) -> Result<(), WaitError> {
    if main_lock::try_lock(lock, Mode::Exclusive).map_err(WaitError::Failed)? {
        return Ok(());
    }
    wait_state.begin(&lock.path)?;
    let looks_for = LooksFor { mode: Mode::Exclusive, nested, may_read_below: false };
    let watch = DeadlockWatch::over(lock, looks_for, wait_state);
    let taken = main_lock::lock(lock, Mode::Exclusive, wait_state);
    drop(watch);
    taken
}

/// A flock that could not be converted is gone. Nobody who keeps the gates has
/// got in, for we stand in ours still.
fn take_back(lock: &LockFile) -> Result<(), WaitError> {
    let wait_state = WaitState::new(Wait::at_most(LONGEST_RETURN));
    main_lock::lock(lock, Mode::Shared, &wait_state).map_err(|_| WaitError::Lost)
}

/// A reader stands in the gates for an instant; one that is not to wait looks so often whether it
/// has passed.
const LOOKS: usize = 1000;

/// While this lives, no other process converts this lock or gets in between.
#[derive(Debug)]
pub(crate) struct UpgradeGate {
    file: GateFile,
    family: Family,
}

impl UpgradeGate {
    /// For one that holds the lock shared and wants it exclusively.
    pub(crate) fn begin(lock: &LockFile, wait_state: &WaitState) -> Result<Self, WaitError> {
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
        if std::mem::replace(&mut file.threads(lock.family).upgrades, true) {
            return Err(refused_for_another());
        }
        let conversion = Self { file, family: lock.family };
        conversion.take_the_gate(wait_state)?;
        Ok(conversion)
    }

    fn take_the_gate(&self, wait_state: &WaitState) -> Result<(), WaitError> {
        let (gate, file) = (Gate::of(self.family), self.file.file());
        let free = |mode| records::is_free(file, gate.conversion(), mode).map_err(|error| unusable(&error));
        let mut looks = 0;
        let take = || records::try_set(file, RecordOwner::Description, gate.conversion(), Mode::Exclusive);
        while !take().map_err(|error| unusable(&error))? {
            if !free(Mode::Shared)? {
                return Err(refused_for_another());
            }
            if wait_state.may_wait() {
                self.wait_for_those_that_pass(wait_state)?;
            } else if looks == LOOKS {
                return Err(WaitError::Busy);
            }
            looks += 1;
            thread::yield_now();
        }
        Ok(())
    }

    /// Not in the gate itself: a converter might come first, and would wait for us.
    fn wait_for_those_that_pass(&self, wait_state: &WaitState) -> Result<(), WaitError> {
        let (landing, file) = (Gate::of(self.family).landing(), self.file.file());
        at_a_gate(
            wait_state.block(|| records::set(file, RecordOwner::Description, landing, Mode::Exclusive)),
        )?;
        let _ = records::clear(file, RecordOwner::Description, landing);
        Ok(())
    }

    /// Whether others could see it all the time: the gate file was not removed by hand.
    pub(crate) fn was_seen(&self) -> bool {
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

fn refused_for_another() -> WaitError {
    WaitError::Deadlock(Box::new(Deadlock::Upgrade))
}

/// An upgrade of this lock that is to be let in first, if there is one. In the fcntl family the
/// kernel converts without letting go.
///
/// # Errors
/// It cannot be known.
pub(crate) fn under_way(lock: &LockFile) -> io::Result<Option<GateFile>> {
    if lock.family == Family::Fcntl {
        return Ok(None);
    }
    let gate = Gate::of(lock.family).conversion();
    let is_empty = |file: &GateFile| records::is_free(file.file(), gate, Mode::Shared).unwrap_or(true);
    Ok(GateFile::look(lock)?.filter(|file| !is_empty(file)))
}

/// Sleeps until the upgrade is over.
pub(crate) fn wait_until_over(
    upgrade: &GateFile,
    family: Family,
    wait_state: &WaitState,
) -> Result<(), WaitError> {
    let (gate, file) = (Gate::of(family).landing_and_conversion(), upgrade.file());
    at_a_gate(wait_state.block(|| records::set(file, RecordOwner::Process, gate, Mode::Shared)))?;
    let _ = records::clear(file, RecordOwner::Process, gate);
    Ok(())
}

/// That the kernel refuses a gate (`ENOLCK`, or `EDEADLK` where there is none between the threads
/// of the processes) is no failure. Whoever waited there looks again, and meets the one that
/// converts at the main lock.
fn at_a_gate(waited: Result<(), WaitError>) -> Result<(), WaitError> {
    match waited {
        Err(WaitError::Failed(_)) => {
            thread::yield_now();
            Ok(())
        }
        waited => waited,
    }
}

/// Without the gate nothing is converted, for the lock might be lost; it is held as before.
fn unusable(error: &io::Error) -> WaitError {
    WaitError::CannotConvert(UnfairReason::NoGateFile(error.raw_os_error().unwrap_or(libc::EIO)))
}
