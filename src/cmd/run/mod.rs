//! Running a command under a lock: start it, pass signals on to it, wait for it, exit as it did.

mod held_locks;
mod program;
mod start;
mod supervise;

pub(crate) use held_locks::HeldLocks;
pub(crate) use program::{CannotStart, Program};
pub(crate) use start::{Lifetime, Outcome, run_as_flock, run_under};
pub(crate) use supervise::{Ended, end_like};
