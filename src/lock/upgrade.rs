//! Turning a lock that is held from shared to exclusive, or the reverse, without
//! losing it.
//!
//! Of two that upgrade one is refused, for each waits for the other one's shared
//! lock; and nobody writes between the shared lock and the exclusive one.

use std::time::Duration;

use super::deadlock_watch::{Lookout, LooksFor};
use super::file::LockFile;
use super::main_lock;
use super::nested::Nested;
use super::upgrade_gate::Conversion;
use super::wait::Waiting;
use super::wait_error::GaveUp;
use super::wait_state::Patience;
use crate::holders::holds_alone;
use crate::mode::{Family, Mode};

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
