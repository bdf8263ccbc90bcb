//! From the head of the line of this process' threads to the lock.
//!
//! A thread that asks for a lock that it holds already.

use super::thread_queue::Turn;
use crate::lock::{Acquired, Deadlock, LockFile, Nested, Request, Wait, WaitError, WaitState, acquire};
use crate::mode::Mode;

/// Takes the lock on an open file. A reader that has to wait for other processes stands back for a
/// thread that upgrades: [`WaitError::YieldToUpgrade`].
pub(super) fn obtain(
    file: LockFile,
    request: &Request,
    turn: &Turn,
    wait_state: &WaitState,
) -> Result<Acquired, (LockFile, WaitError)> {
    if request.mode == Mode::Exclusive || !wait_state.may_wait() {
        return acquire(file, request, wait_state);
    }
    match acquire(file, request, &WaitState::new(Wait::never())) {
        Err((file, WaitError::Busy)) => {
            let _while_waiting = turn.yield_to_upgrade(wait_state);
            acquire(file, request, wait_state)
        }
        held => held,
    }
}

/// What becomes of it.
#[derive(Debug)]
pub(super) enum Reentry {
    /// What it holds will do.
    Shares,
    /// It would wait for itself.
    Refused(WaitError),
    /// It is to wait nevertheless.
    Waits,
}

/// For a thread that holds the lock like this and wants it like that. To read while it reads harms nobody; all else is asked
/// for by [`Nested::Join`].
pub(super) fn reentry(held: Mode, wanted: Mode, nested: Nested, wait_state: &WaitState) -> Reentry {
    let is_enough = held == Mode::Exclusive || wanted == Mode::Shared;
    match (held, nested) {
        (Mode::Shared, _) | (_, Nested::Join) if is_enough => Reentry::Shares,
        (_, Nested::Wait) if wait_state.may_wait() => Reentry::Waits,
        _ if !wait_state.may_wait() => Reentry::Refused(WaitError::Busy),
        _ => Reentry::Refused(WaitError::Deadlock(Box::new(Deadlock::HeldByThisThread(held)))),
    }
}
