//! `fasten write`: one writer, no readers, and turns between the two.

use fasten::Preference;

use super::lock::{self, Job, Kind};
use crate::cmd::args::{Prefer, WriteArgs};

pub(crate) fn run(arguments: WriteArgs) -> u8 {
    let preference = match arguments.prefer {
        Prefer::Fair => Preference::PhaseFair,
        Prefer::Reader => Preference::Reader,
        Prefer::Writer => Preference::Writer,
    };
    lock::run(&Job::new(arguments.lock, Kind::Writer(preference)))
}
