//! The tools that can wait for a lock, taking turns at one measurement.

use crate::found::Found;
use crate::order::{Order, rounds};
use crate::results::Results;
use crate::series::Series;
use crate::tools::Call;

/// Measures `once` for each of them, this often, and adds the results.
pub fn of_waiters(
    found: &[Found],
    full: usize,
    (scene, unit): (&'static str, &'static str),
    results: &mut Results,
    mut once: impl FnMut(&Found) -> f64,
) {
    let waits = |found: &&Found| !found.is_slow() && found.tool.words(Call::Run).is_some();
    let contestants: Vec<_> = found.iter().filter(waits).collect();
    let mut times = vec![Series::default(); contestants.len()];
    let mut order = Order::new();
    for _ in 0..rounds(full) {
        for turn in order.of(contestants.len()) {
            times[turn].push(once(contestants[turn]));
        }
    }
    for (found, times) in contestants.iter().zip(times) {
        results.add(scene, unit, found.tool.name, times);
    }
}
