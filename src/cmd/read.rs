//! `fasten read`: many readers together.

use super::lock::{self, Job, Kind};
use crate::cmd::args::LockArgs;

pub(crate) fn run(arguments: LockArgs) -> u8 {
    lock::run(&Job::new(arguments, Kind::Reader))
}
