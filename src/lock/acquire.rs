//! Taking one lock: through the gates to the main lock.
//!
//! First everything is tried, without waiting. Only then, if there is time, the
//! same way is gone again, sleeping in the kernel wherever it is shut. Both ways
//! hold what the gates promise: the first goes in only when nobody is before us.
//!
//! The last step: the main lock, with respect for one that converts it.

use std::io;

use super::deadlock_watch::{Lookout, LooksFor};
use super::file::LockFile;
use super::gate_file::GateFile;
use super::gates::{Gates, Intent, Side};
use super::guard::Held;
use super::open::{Reopened, open_again_for_writing};
use super::request::How;
use super::request::{Nested, reads_below};
use super::share::Joined;
use super::unfair::Unordered;
use super::wait_error::GaveUp;
use super::wait_state::Patience;
use super::{main_lock, upgrade};
use crate::holders::inherited;
use crate::mode::Mode;
use crate::sys::descriptor::duplicate;

/// What became of it.
#[derive(Debug)]
pub(crate) enum Acquired {
    /// The lock is ours.
    Held(Held),
    /// One that this process has inherited, held so, will do.
    Joined(LockFile, Joined),
}

/// The same, without the file.
enum Taken {
    /// With what stays closed until the release, and why there was no order, if there was none.
    Entered(Option<Intent>, Option<Unordered>),
    Joined(Joined),
}

/// Takes the lock on an open file. After a refusal nothing is held.
pub(crate) fn acquire(
    mut lock: LockFile,
    how: &How,
    patience: &Patience,
) -> Result<Acquired, (LockFile, GaveUp)> {
    let mut taken = take(&lock, how, patience);
    let may_be_for_want_of_access = taken.as_ref().is_err_and(GaveUp::may_be_for_want_of_access);
    if how.mode == Mode::Exclusive && lock.is_ours && may_be_for_want_of_access {
        match open_again_for_writing(&lock) {
            Reopened::Same(writable) => {
                lock.file = writable;
                taken = take(&lock, how, patience);
            }
            Reopened::Moved => taken = Err(GaveUp::Moved),
            Reopened::NotAllowed => {}
        }
    }
    match taken {
        Ok(Taken::Entered(intent, unordered)) => {
            Ok(Acquired::Held(Held::new(lock, how.mode, intent, unordered)))
        }
        Ok(Taken::Joined(joined)) => Ok(Acquired::Joined(lock, joined)),
        Err(gave_up) => Err((lock, gave_up)),
    }
}

/// Takes it, or finds an inherited lock that will do.
fn take(lock: &LockFile, how: &How, patience: &Patience) -> Result<Taken, GaveUp> {
    let mut side = Side::of(how.mode, how.preference);
    let mut open = side.finds_the_gates_open(lock);
    let may_read_below = !open && side == Side::Reader;
    if may_read_below && !patience.may_wait() && reads_below(lock, how.threads) {
        open = true;
    }
    if open && try_enter(lock, how.mode).map_err(GaveUp::Failed)? {
        return Ok(entered_at_once(lock, side));
    }
    if how.nested == Nested::Join
        && let Some((descriptor, mode)) = inherited(&lock.file, lock.family)
        && (mode == Mode::Exclusive || how.mode == Mode::Shared)
        && let Ok(file) = duplicate(descriptor)
    {
        let (path, family) = (lock.path.clone(), lock.family);
        let inherited = LockFile::new(path, file, lock.id, false, family);
        return Ok(Taken::Joined(Joined::new(inherited, mode)));
    }
    patience.begin(&lock.path)?;
    let nested = if how.holds_others { how.nested } else { Nested::Wait };
    let mut looks_for = LooksFor { mode: how.mode, nested, may_read_below };
    loop {
        let lookout = Lookout::over(lock, looks_for, patience);
        let taken = wait(lock, how.mode, side, patience);
        drop(lookout);
        match taken {
            Err(GaveUp::ReadsBelow) => (side, looks_for.may_read_below) = (Side::Bypass, false),
            taken => return taken,
        }
    }
}

/// A preferring writer announces itself although it had not to wait.
fn entered_at_once(lock: &LockFile, side: Side) -> Taken {
    let gates = if side == Side::PreferringWriter { Gates::before(lock, side) } else { Ok(None) };
    match gates {
        Ok(gates) => Taken::Entered(gates.and_then(Gates::announced), None),
        Err(why) => Taken::Entered(None, Some(why)),
    }
}

/// Goes through the gates, where there are any, to the main lock.
fn wait(lock: &LockFile, mode: Mode, side: Side, patience: &Patience) -> Result<Taken, GaveUp> {
    let (mut gates, unordered) = match Gates::before(lock, side) {
        Ok(gates) => (gates, None),
        Err(why) => (None, Some(why)),
    };
    if let Some(gates) = &mut gates {
        gates.pass(lock, patience)?;
    }
    enter(lock, mode, patience)?;
    Ok(Taken::Entered(gates.and_then(Gates::entered), unordered))
}

/// Takes the main lock if it is free; `false` if it is not, or is on its way from one mode to the
/// other.
pub(crate) fn try_enter(lock: &LockFile, mode: Mode) -> io::Result<bool> {
    Ok(main_lock::try_lock(lock, mode)? && gives_way(lock, mode)?.is_none())
}

/// Takes the main lock, sleeping until it is free.
pub(crate) fn enter(lock: &LockFile, mode: Mode, patience: &Patience) -> Result<(), GaveUp> {
    loop {
        patience.block(|| main_lock::lock(lock, mode))?;
        match gives_way(lock, mode).map_err(GaveUp::Failed)? {
            Some(upgrade) => upgrade::wait_until_over(&upgrade, lock.family, patience)?,
            None => return Ok(()),
        }
    }
}

/// Gives the lock back if it is just being upgraded. It is looked for when the lock is held: an
/// upgrade that begins later has to wait for us.
fn gives_way(lock: &LockFile, mode: Mode) -> io::Result<Option<GateFile>> {
    if mode == Mode::Shared {
        return Ok(None);
    }
    let upgrade = upgrade::under_way(lock);
    if !matches!(upgrade, Ok(None)) {
        main_lock::unlock(lock)?;
    }
    upgrade
}
