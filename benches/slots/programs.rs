//! The command, beside itself without slots and beside GNU sem.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::contenders::{CONTENDERS, RUNS, SLOTS};

/// GNU sem starts Perl for each run and polls.
const RUNS_OF_SEM: usize = 100;
const PAIRS: usize = 500;

/// The time of an uncontended `slot` against that of `exclusive`: the medians of runs in turn.
pub fn uncontended(fasten: &Path, lock: &Path) -> f64 {
    let time = |how: &[&str]| {
        let begun = Instant::now();
        let mut command = Command::new(fasten);
        let ended = command.args(how).arg(lock).args(["--", "/bin/true"]).status();
        assert!(ended.is_ok_and(|ended| ended.success()), "{how:?}");
        begun.elapsed()
    };
    let (mut slots, mut mutexes): (Vec<Duration>, Vec<Duration>) =
        (0..PAIRS).map(|_| (time(&["slot", "-j", "4"]), time(&["exclusive"]))).unzip();
    slots.sort_unstable();
    mutexes.sort_unstable();
    slots[PAIRS / 2].as_secs_f64() / mutexes[PAIRS / 2].as_secs_f64()
}

/// How many runs a second the contenders make, with fasten and with GNU sem.
pub fn throughput(fasten: &Path, directory: &Path) -> [f64; 2] {
    let (lock, slots) = (directory.join("throughput"), SLOTS.to_string());
    let ours = runs_a_second(RUNS, || {
        let mut command = Command::new(fasten);
        command.args(["slot", "-j", &slots]).arg(&lock).args(["--", "sleep", "0.01"]);
        command
    });
    let sem = runs_a_second(RUNS_OF_SEM, || {
        let mut command = Command::new("sem");
        // Its files are in the home directory, and it asks to be cited there.
        command.env("HOME", directory).args(["--fg", "-j", &slots, "--id", "bench", "sleep", "0.01"]);
        command.stderr(Stdio::null());
        command
    });
    [ours, sem]
}

fn runs_a_second(runs: usize, command: impl Fn() -> Command + Sync) -> f64 {
    let (begun, started) = (Instant::now(), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..CONTENDERS {
            scope.spawn(|| {
                while started.fetch_add(1, Ordering::Relaxed) < runs {
                    let ended = command().status().expect("it starts: the package parallel has GNU sem");
                    assert!(ended.success());
                }
            });
        }
    });
    f64::from(u32::try_from(runs).expect("not many")) / begun.elapsed().as_secs_f64()
}
