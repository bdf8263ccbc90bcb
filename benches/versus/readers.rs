//! A writer among readers, measured as in the fairness bench.

use crate::measure::{self, SCENES};
use crate::results::Results;
use crate::tools::FLOCK;

pub const AMONG_READERS: &str = "a writer among 4 readers";

pub fn measure(results: &mut Results) {
    for outcome in measure::measure(&SCENES[0]) {
        let name = match outcome.name {
            FLOCK => FLOCK.to_owned(),
            preference => format!("fasten write --prefer {preference}"),
        };
        let waits = outcome.waits.iter().map(|wait| wait.as_secs_f64() * 1e3);
        results.add(AMONG_READERS, "ms", &name, waits.collect());
    }
}
