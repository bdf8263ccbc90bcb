//! Taking one lock: through the gates to the main lock.
//!
//! First everything is tried, without waiting. Only then, if there is time, the
//! same way is gone again, sleeping in the kernel wherever it is shut. Both ways
//! hold what the gates promise: the first goes in only when nobody is before us.
//!
//! The last step: the main lock, with respect for one that converts it.

use std::io;

use super::deadlock_watch::{DeadlockWatch, LooksFor};
use super::file::LockFile;
use super::file::{Reopened, open_again_for_writing};
use super::gate_file::GateFile;
use super::gates::{Gates, Intent, Side};
use super::held::Held;
use super::request::Request;
use super::request::{Nested, reads_below};
use super::share::Joined;
use super::unfair::UnfairReason;
use super::wait_error::WaitError;
use super::wait_state::WaitState;
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
enum Obtained {
    /// With what stays closed until the release, and why there was no order, if there was none.
    Entered(Option<Intent>, Option<UnfairReason>),
    Joined(Joined),
}

/// Takes the lock on an open file. After a refusal nothing is held.
pub(crate) fn acquire(
    mut lock: LockFile,
    request: &Request,
    wait_state: &WaitState,
) -> Result<Acquired, (LockFile, WaitError)> {
    let mut taken = take(&lock, request, wait_state);
    let may_be_for_want_of_access = taken.as_ref().is_err_and(WaitError::may_be_for_want_of_access);
    if request.mode == Mode::Exclusive && lock.is_ours && may_be_for_want_of_access {
        match open_again_for_writing(&lock) {
            Reopened::Same(writable) => {
                lock.file = writable;
                taken = take(&lock, request, wait_state);
            }
            Reopened::Moved => taken = Err(WaitError::Moved),
            Reopened::NotAllowed => {}
        }
    }
    match taken {
        Ok(Obtained::Entered(intent, unordered)) => {
            Ok(Acquired::Held(Held::new(lock, request.mode, intent, unordered)))
        }
        Ok(Obtained::Joined(joined)) => Ok(Acquired::Joined(lock, joined)),
        Err(gave_up) => Err((lock, gave_up)),
    }
}

/// Takes it, or finds an inherited lock that will do.
fn take(lock: &LockFile, request: &Request, wait_state: &WaitState) -> Result<Obtained, WaitError> {
    let mut side = Side::of(request.mode, request.order);
    let mut open = side.finds_the_gates_open(lock);
    let may_read_below = !open && side == Side::Reader;
    if may_read_below && !wait_state.may_wait() && reads_below(lock, request.threads) {
        open = true;
    }
    if open && try_enter(lock, request.mode).map_err(WaitError::Failed)? {
        return Ok(entered_at_once(lock, side));
    }
    if request.nested == Nested::Join
        && let Some((descriptor, mode)) = inherited(&lock.file, lock.family)
        && (mode == Mode::Exclusive || request.mode == Mode::Shared)
        && let Ok(file) = duplicate(descriptor)
    {
        let (path, family) = (lock.path.clone(), lock.family);
        let inherited = LockFile::new(path, file, lock.id, false, family);
        return Ok(Obtained::Joined(Joined::new(inherited, mode)));
    }
    wait_state.begin(&lock.path)?;
    let nested = if request.holds_others { request.nested } else { Nested::Wait };
    let mut looks_for = LooksFor { mode: request.mode, nested, may_read_below };
    loop {
        let watch = DeadlockWatch::over(lock, looks_for, wait_state);
        let taken = wait(lock, request.mode, side, wait_state);
        drop(watch);
        match taken {
            Err(WaitError::ReadsBelow) => (side, looks_for.may_read_below) = (Side::Bypass, false),
            taken => return taken,
        }
    }
}

/// A preferring writer announces itself although it had not to wait.
fn entered_at_once(lock: &LockFile, side: Side) -> Obtained {
    let gates = if side == Side::PreferringWriter { Gates::before(lock, side) } else { Ok(None) };
    match gates {
        Ok(gates) => Obtained::Entered(gates.and_then(Gates::announced), None),
        Err(why) => Obtained::Entered(None, Some(why)),
    }
}

/// Goes through the gates, where there are any, to the main lock.
fn wait(lock: &LockFile, mode: Mode, side: Side, wait_state: &WaitState) -> Result<Obtained, WaitError> {
    let (mut gates, unordered) = match Gates::before(lock, side) {
        Ok(gates) => (gates, None),
        Err(why) => (None, Some(why)),
    };
    if let Some(gates) = &mut gates {
        gates.pass(lock, wait_state)?;
    }
    enter(lock, mode, wait_state)?;
    Ok(Obtained::Entered(gates.and_then(Gates::entered), unordered))
}

/// Takes the main lock if it is free; `false` if it is not, or is on its way from one mode to the
/// other.
pub(crate) fn try_enter(lock: &LockFile, mode: Mode) -> io::Result<bool> {
    Ok(main_lock::try_lock(lock, mode)? && gives_way(lock, mode)?.is_none())
}

/// Takes the main lock, sleeping until it is free.
pub(crate) fn enter(lock: &LockFile, mode: Mode, wait_state: &WaitState) -> Result<(), WaitError> {
    loop {
        main_lock::lock(lock, mode, wait_state)?;
        match gives_way(lock, mode).map_err(WaitError::Failed)? {
            Some(upgrade) => upgrade::wait_until_over(&upgrade, lock.family, wait_state)?,
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
