//! `fasten read`: many readers together.

use super::locked::{self, Job, Kind};
use crate::cli::LockArgs;

pub(crate) fn run(arguments: LockArgs) -> u8 {
    locked::run(&Job::new(arguments, Kind::Reader))
}
