//! To wait for facts: nothing in the tests sleeps and hopes.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// How long a fact may take to come true on a machine that has much to do; cron alone needs up to a minute.
pub const LIMIT: Duration = Duration::from_secs(180);

/// Waits until it is so.
pub fn until(what: &str, mut so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < LIMIT, "never came true: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Waits until the file is there and ends with a line end.
pub fn until_written(path: &Path) -> String {
    let mut text = String::new();
    until(&format!("{} is written", path.display()), || {
        text = fs::read_to_string(path).unwrap_or_default();
        text.ends_with('\n')
    });
    text
}
