//! A thread that asks for a lock that it holds already.

use crate::lock::{Deadlock, Nested, WaitError, WaitState};
use crate::mode::Mode;

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
