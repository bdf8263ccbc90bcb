//! A writer in a stream of readers.

use std::sync::LazyLock;

use super::streams::{Passed, Stream};
use crate::support::fasten;

static READERS: LazyLock<[&str; 2]> = LazyLock::new(|| [fasten(), "read"]);
const TIMES: usize = 20;

#[test]
fn a_fair_writer_waits_for_no_reader_that_comes_after_it() {
    no_later_reader_passes(&[fasten(), "write"]);
}

#[test]
fn a_preferring_writer_waits_for_no_reader_that_comes_after_it() {
    no_later_reader_passes(&[fasten(), "write", "--prefer", "writer"]);
}

fn no_later_reader_passes(writer: &[&str]) {
    Stream::of(&*READERS, |stream| {
        for time in 0..TIMES {
            let passed: Passed = stream.guest(writer);
            assert_eq!(passed.by_later_ones(), 0, "{time}: {passed:?}");
        }
    });
}

#[test]
fn a_writer_that_prefers_readers_is_passed_by_all_of_them() {
    Stream::of(&*READERS, |stream| stream.starving_guest(&[fasten(), "write", "--prefer", "reader"], TIMES));
}

#[test]
fn the_same_readers_starve_a_writer_of_flock() {
    Stream::of(&["flock", "-s"], |stream| stream.starving_guest(&["flock", "-x"], TIMES));
}
