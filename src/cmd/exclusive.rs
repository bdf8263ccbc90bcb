//! `fasten exclusive`: a plain mutex, the same thing that flock(1) takes.

use fasten::lock::{Mode, Preference};

use super::locked::{self, Job};
use crate::cli::LockArgs;

pub(crate) fn run(arguments: LockArgs) -> u8 {
    locked::run(&Job::new(arguments, Mode::Exclusive, Preference::Reader))
}
