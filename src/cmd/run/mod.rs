//! Running a command under a lock: start it, pass it its signals, wait for it,
//! end as it did.

mod locks;
mod program;
mod start;
mod supervise;

pub(crate) use locks::Locks;
pub(crate) use program::Program;
pub(crate) use start::{CannotStart, Ended, Lifetime, run_as_flock, run_under};
pub(crate) use supervise::end_like;
