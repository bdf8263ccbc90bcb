//! A writer in a stream of readers.

use std::time::Duration;

use super::limits::{AT_ONCE, Limits, Met, is_fair, meet};
use crate::support::stream::Tool;

const READERS: Tool = Tool::Fasten("read");
/// Of phases so short the start of a process is a large part.
const SHORT: Limits = Limits { usual: 1.5, longest: 4.0 };
const WRITER: Tool = Tool::Fasten("write");

#[test]
fn a_writer_waits_for_one_phase_of_readers_of_10_ms() {
    is_fair(AT_ONCE, SHORT, || meet(READERS, Duration::from_millis(10), WRITER, 50));
}

#[test]
fn a_writer_waits_for_one_phase_of_readers_of_50_ms() {
    let limits = Limits { usual: 1.2, longest: 2.0 };
    is_fair(AT_ONCE, limits, || meet(READERS, Duration::from_millis(50), WRITER, 50));
}

#[test]
fn a_preferring_writer_waits_for_one_phase_of_readers() {
    let writer = Tool::Fasten("write --prefer writer");
    is_fair(AT_ONCE, SHORT, || meet(READERS, Duration::from_millis(10), writer, 50));
}

#[test]
fn the_same_readers_starve_a_writer_of_flock() {
    let hold = Duration::from_millis(50);
    let fair = meet(READERS, hold, WRITER, 6);
    let flock = meet(Tool::Flock("-s"), hold, Tool::Flock("-x -w 2"), 6);
    let sum = |met: &Met| met.waits().iter().sum::<Duration>();
    println!("6 writes waited: fair {:?}, flock {:?} (at most 12 s)", sum(&fair), sum(&flock));
    assert!(sum(&flock) > 2 * sum(&fair), "fair {:?}, flock {:?}", sum(&fair), sum(&flock));
}
