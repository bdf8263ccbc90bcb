//! `fasten read`: many readers together.

use fasten::lock::{Mode, Preference};

use super::locked::{self, Job};
use crate::cli::LockArgs;

pub(crate) fn run(arguments: LockArgs) -> u8 {
    locked::run(&Job::new(arguments, Mode::Shared, Preference::PhaseFair))
}
