//! A reader in a stream of writers.

use super::streams::Stream;
use crate::support::FASTEN;

#[test]
fn a_reader_waits_for_one_writer_of_many() {
    Stream::of(&[FASTEN, "write"], |stream| {
        for time in 0..20 {
            let passed = stream.guest(&[FASTEN, "read"]);
            assert!(passed.by.len() <= 1, "{time}: {passed:?}");
        }
    });
}
