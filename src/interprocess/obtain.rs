//! From the head of the line of this process' threads to the lock.

use super::thread_queue::Entered;
use crate::lock::{Acquired, GaveUp, How, LockFile, Patience, Waiting, acquire};
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
