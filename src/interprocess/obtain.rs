//! From the head of the line of this process' threads to the lock.
//!
//! A thread that asks for a lock that it holds already.

use super::thread_queue::Entered;
use crate::lock::{Acquired, Endless, GaveUp, How, LockFile, Nested, Patience, Waiting, acquire};
use crate::mode::Mode;

/// Takes the lock on an open file. A reader that has to wait for other processes stands back for a
/// thread that upgrades: [`GaveUp::MakesWay`].
pub(super) fn obtain(
    file: LockFile,
    how: &How,
    entered: &Entered,
    patience: &Patience,
) -> Result<Acquired, (LockFile, GaveUp)> {
    if how.mode == Mode::Exclusive || !patience.may_wait() {
        return acquire(file, how, patience);
    }
    match acquire(file, how, &Patience::new(Waiting::never())) {
        Err((file, GaveUp::Busy)) => {
            let _while_waiting = entered.makes_way(patience);
            acquire(file, how, patience)
        }
        taken => taken,
    }
}

/// What becomes of it.
#[derive(Debug)]
pub(super) enum Again {
    /// What it holds will do.
    Shares,
    /// It would wait for itself.
    Refused(GaveUp),
    /// It is to wait nevertheless.
    Waits,
}

/// For a thread that holds the lock like this and wants it like that. To read while it reads harms nobody; all else is asked
/// for by [`Nested::Join`].
pub(super) fn again(held: Mode, wanted: Mode, nested: Nested, patience: &Patience) -> Again {
    let is_enough = held == Mode::Exclusive || wanted == Mode::Shared;
    match (held, nested) {
        (Mode::Shared, _) | (_, Nested::Join) if is_enough => Again::Shares,
        (_, Nested::Wait) if patience.may_wait() => Again::Waits,
        _ if !patience.may_wait() => Again::Refused(GaveUp::Busy),
        _ => Again::Refused(GaveUp::WouldNeverEnd(Box::new(Endless::ThisThread(held)))),
    }
}
