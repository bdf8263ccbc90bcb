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

use super::deadlock::Endless;
use super::deadlock_watch::{Lookout, LooksFor};
use super::file::LockFile;
use super::gate_file::GateFile;
use super::main_lock;
use super::request::Nested;
use super::unfair::Unordered;
use super::wait::Waiting;
use super::wait_error::GaveUp;
use super::wait_state::Patience;
use crate::holders::holds_alone;
use crate::layout::Gate;
use crate::mode::{Family, Mode};
use crate::sys::records::{self, Owner};
use crate::sys::statfs::keeps_families_apart;

/// How long a stranger may keep us from having our shared lock again.
const LONGEST_RETURN: Duration = Duration::from_secs(1);

/// From shared to exclusive. Refused, the shared lock is held as before.
pub(crate) fn upgrade(lock: &LockFile, nested: Nested, patience: &Patience) -> Result<(), GaveUp> {
    let conversion = Conversion::begin(lock, patience)?;
    if lock.family == Family::Flock && !patience.may_wait() && !holds_alone(&lock.file, lock.family) {
        return Err(GaveUp::Busy);
    }
    let converted = become_exclusive(lock, nested, patience);
    let kept = match (&converted, lock.family) {
        (Err(_), Family::Flock) => take_back(lock),
        _ => Ok(()),
    };
    let was_seen = conversion.was_seen();
    drop(conversion);
    if lock.family == Family::Flock && !was_seen {
        let _ = main_lock::unlock(lock);
        return Err(GaveUp::Lost);
    }
    kept.and(converted)
}

/// From exclusive to shared. Nobody else holds it, so Linux (since 4.0) gives
/// the new lock in the same step in which it takes the old one.
pub(crate) fn downgrade(lock: &LockFile) -> Result<(), GaveUp> {
    Patience::new(Waiting::forever()).block(|| main_lock::lock(lock, Mode::Shared))
}

fn become_exclusive(lock: &LockFile, nested: Nested, patience: &Patience) -> Result<(), GaveUp> {
    if main_lock::try_lock(lock, Mode::Exclusive).map_err(GaveUp::Failed)? {
        return Ok(());
    }
    patience.begin(&lock.path)?;
    let looks_for = LooksFor { mode: Mode::Exclusive, nested, may_read_below: false };
    let lookout = Lookout::over(lock, looks_for, patience);
    let taken = patience.block(|| main_lock::lock(lock, Mode::Exclusive));
    drop(lookout);
    taken
}

/// A flock that could not be converted is gone. Nobody who keeps the gates has
/// got in, for we stand in ours still.
fn take_back(lock: &LockFile) -> Result<(), GaveUp> {
    let patience = Patience::new(Waiting::at_most(LONGEST_RETURN));
    patience.block(|| main_lock::lock(lock, Mode::Shared)).map_err(|_| GaveUp::Lost)
}

/// A reader stands in the gates for an instant; one that is not to wait looks so often whether it
/// has passed.
const LOOKS: usize = 1000;

/// While this lives, no other process converts this lock or gets in between.
#[derive(Debug)]
pub(crate) struct Conversion {
    file: GateFile,
    family: Family,
}

impl Conversion {
    /// For one that holds the lock shared and wants it exclusively.
    pub(crate) fn begin(lock: &LockFile, patience: &Patience) -> Result<Self, GaveUp> {
        if !keeps_families_apart(&lock.file) {
            return Err(GaveUp::CannotConvert(Unordered::NotLocal));
        }
        let file = GateFile::enter(lock).map_err(GaveUp::CannotConvert)?;
        if !file.is_writable() {
            return Err(GaveUp::CannotConvert(Unordered::ReadOnly));
        }
        if lock.family == Family::Flock && !file.is_seen_by_all(lock) {
            return Err(GaveUp::CannotConvert(Unordered::NotSeenByAll));
        }
        if std::mem::replace(&mut file.threads(lock.family).upgrades, true) {
            return Err(refused_for_another());
        }
        let conversion = Self { file, family: lock.family };
        conversion.take_the_gate(patience)?;
        Ok(conversion)
    }

    fn take_the_gate(&self, patience: &Patience) -> Result<(), GaveUp> {
        let (gate, file) = (Gate::of(self.family), self.file.file());
        let free = |mode| records::is_free(file, gate.conversion(), mode).map_err(|error| unusable(&error));
        let mut looks = 0;
        let take = || records::try_set(file, Owner::Description, gate.conversion(), Mode::Exclusive);
        while !take().map_err(|error| unusable(&error))? {
            if !free(Mode::Shared)? {
                return Err(refused_for_another());
            }
            if patience.may_wait() {
                self.wait_for_those_that_pass(patience)?;
            } else if looks == LOOKS {
                return Err(GaveUp::Busy);
            }
            looks += 1;
            thread::yield_now();
        }
        Ok(())
    }

    /// Not in the gate itself: a converter might come first, and would wait for us.
    fn wait_for_those_that_pass(&self, patience: &Patience) -> Result<(), GaveUp> {
        let (landing, file) = (Gate::of(self.family).landing(), self.file.file());
        at_a_gate(patience.block(|| records::set(file, Owner::Description, landing, Mode::Exclusive)))?;
        let _ = records::clear(file, Owner::Description, landing);
        Ok(())
    }

    /// Whether others could see it all the time: the gate file was not removed by hand.
    pub(crate) fn was_seen(&self) -> bool {
        self.file.is_still_there()
    }
}

impl Drop for Conversion {
    fn drop(&mut self) {
        let gate = Gate::of(self.family).conversion();
        let _ = records::clear(self.file.file(), Owner::Description, gate);
        self.file.threads(self.family).upgrades = false;
    }
}

fn refused_for_another() -> GaveUp {
    GaveUp::WouldNeverEnd(Box::new(Endless::Conversion))
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
pub(crate) fn wait_until_over(upgrade: &GateFile, family: Family, patience: &Patience) -> Result<(), GaveUp> {
    let (gate, file) = (Gate::of(family).landing_and_conversion(), upgrade.file());
    at_a_gate(patience.block(|| records::set(file, Owner::Process, gate, Mode::Shared)))?;
    let _ = records::clear(file, Owner::Process, gate);
    Ok(())
}

/// That the kernel refuses a gate (`ENOLCK`, or `EDEADLK` where there is none between the threads
/// of the processes) is no failure. Whoever waited there looks again, and meets the one that
/// converts at the main lock.
fn at_a_gate(waited: Result<(), GaveUp>) -> Result<(), GaveUp> {
    match waited {
        Err(GaveUp::Failed(_)) => {
            thread::yield_now();
            Ok(())
        }
        waited => waited,
    }
}

/// Without the gate nothing is converted, for the lock might be lost; it is held as before.
fn unusable(error: &io::Error) -> GaveUp {
    GaveUp::CannotConvert(Unordered::NoGateFile(error.raw_os_error().unwrap_or(libc::EIO)))
}
