//! A reader in a stream of writers.

use std::time::Duration;

use super::limits::{AT_ONCE, Limits, is_fair, meet};
use crate::support::stream::{Tool, median, waits};

#[test]
fn a_reader_waits_for_about_one_writer_of_many() {
    let hold = Duration::from_millis(20);
    let limits = Limits { usual: 1.0, longest: 2.0 };
    let met = is_fair(1, limits, || meet(Tool::Fasten("write"), hold, Tool::Fasten("read"), 50));
    let (reader, writer) = (median(met.waits()), median(waits(&met.stream)));
    assert!(reader < writer, "{reader:?} for one writer, {writer:?} for {AT_ONCE}");
}
