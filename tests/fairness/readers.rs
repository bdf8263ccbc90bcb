//! A reader in a stream of writers.

use std::sync::LazyLock;

use super::streams::Stream;
use crate::support::fasten;

static WRITERS: LazyLock<[&str; 2]> = LazyLock::new(|| [fasten(), "write"]);

#[test]
fn a_reader_waits_for_one_writer_of_many() {
    Stream::of(&*WRITERS, |stream| {
        for time in 0..20 {
            let passed = stream.guest(&[fasten(), "read"]);
            assert!(passed.by.len() <= 1, "{time}: {passed:?}");
        }
    });
}
