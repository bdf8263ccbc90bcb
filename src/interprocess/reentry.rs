//! A thread that asks for a lock that it holds already.

use crate::lock::{Endless, GaveUp, Nested, Patience};
use crate::mode::Mode;

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
