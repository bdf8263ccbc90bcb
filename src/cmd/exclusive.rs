//! `fasten exclusive`: a plain mutex, the same thing that flock(1) takes.

use super::locked::{self, Job, Kind};
use crate::cli::LockArgs;

pub(crate) fn run(arguments: LockArgs) -> u8 {
    locked::run(&Job::new(arguments, Kind::Mutex))
}
