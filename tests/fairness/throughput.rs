//! What the gates cost readers without a writer: against bare flock(2),
//! taken by flock(1).
//!
//! The run of a whole process is compared, so it is done with the program as it
//! is installed: a build without optimisation spends the difference in its own
//! start.

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::alone;
use crate::support::optimised::optimised;
use crate::support::ordered::Lock;
use crate::support::stream::median;

const BATCHES: usize = 41;
const AT_ONCE: usize = 4;
const EACH: usize = 10;

#[test]
fn readers_get_through_at_least_nearly_as_fast_as_with_flock() {
    let _alone = alone();
    let lock = Lock::new();
    let ours =
        [optimised().to_str().unwrap(), "read", lock.path.to_str().unwrap(), "--", "true"].map(str::to_owned);
    let theirs = ["flock", "-s", lock.path.to_str().unwrap(), "true"].map(str::to_owned);
    let (mut fasten, mut flock) = (Vec::new(), Vec::new());
    for _ in 0..BATCHES {
        fasten.push(batch(&ours));
        flock.push(batch(&theirs));
    }
    let ratio = median(flock).as_secs_f64() / median(fasten).as_secs_f64();
    println!("throughput of readers: {ratio:.3} of flock's");
    assert!(ratio >= 0.97, "{ratio:.3}");
}

/// How long so many readers at once take, each so many times.
fn batch(words: &[String]) -> Duration {
    let run = || {
        for _ in 0..EACH {
            let status = Command::new(&words[0]).args(&words[1..]).stdin(Stdio::null()).status();
            assert!(status.unwrap().success());
        }
    };
    let start = Instant::now();
    thread::scope(|scope| (0..AT_ONCE).for_each(|_| drop(scope.spawn(run))));
    start.elapsed()
}
