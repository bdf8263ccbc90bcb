//! Processes that contend for slots through the library, and say by one clock when they asked for a
//! slot, had it, and released it.

use std::env;
use std::io::{BufRead, BufReader, Write, stdout};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use fasten::InterProcessSemaphore;
use nix::time::{ClockId, clock_gettime};

pub const SLOTS: u32 = 4;
pub const CONTENDERS: usize = 16;
pub const RUNS: usize = 1000;
const WARM_UP: usize = 3;
const INSIDE: Duration = Duration::from_millis(10);
/// One that asked so much earlier stood in the line before.
const SURELY_BEFORE: u64 = 2_000_000;

/// What happened, as far as it is of interest.
pub struct Story {
    pub most_inside: usize,
    /// The share of the time with a waiter in which all slots were in use.
    pub all_in_use: f64,
    /// The share of the slots that were in use in that time.
    pub in_use: f64,
    /// Runs that obtained a slot although another one had asked long before.
    pub passed: usize,
}

struct Run {
    asked: u64,
    had: u64,
    released: u64,
}

/// One contender.
pub fn contend(path: &Path) {
    let semaphore = InterProcessSemaphore::new(path, SLOTS);
    // Until all of them wait in turn.
    for _ in 0..WARM_UP {
        let guard = semaphore.acquire().expect("a slot");
        thread::sleep(INSIDE);
        drop(guard);
    }
    for _ in 0..RUNS / CONTENDERS {
        let asked = now();
        let guard = semaphore.acquire().expect("a slot");
        let had = now();
        thread::sleep(INSIDE);
        let released = now();
        drop(guard);
        writeln!(stdout(), "{asked} {had} {released}").expect("the bench reads");
    }
}

fn now() -> u64 {
    let time = Duration::from(clock_gettime(ClockId::CLOCK_MONOTONIC).expect("a clock"));
    u64::try_from(time.as_nanos()).expect("within 500 years")
}

/// Lets them contend.
pub fn story(lock: &Path) -> Story {
    let own = env::current_exe().expect("this program");
    let start = || {
        let mut command = Command::new(&own);
        command.arg("--contends").arg(lock).stdout(Stdio::piped()).spawn().expect("a contender")
    };
    let contenders: Vec<_> = (0..CONTENDERS).map(|_| start()).collect();
    let mut runs: Vec<Run> = Vec::new();
    for mut contender in contenders {
        for line in BufReader::new(contender.stdout.take().expect("a pipe")).lines().map_while(Result::ok) {
            let times: Vec<u64> = line.split(' ').map(|time| time.parse().expect("a time")).collect();
            runs.push(Run { asked: times[0], had: times[1], released: times[2] });
        }
        assert!(contender.wait().expect("its end").success());
    }
    assert_eq!(runs.len(), RUNS / CONTENDERS * CONTENDERS);
    told(&runs)
}

fn told(runs: &[Run]) -> Story {
    // Changes of the number of waiters and of holders, in the order of the time.
    let changes = |run: &Run| [(run.asked, 1, 0), (run.had, -1, 1), (run.released, 0, -1)];
    let mut changes: Vec<(u64, i64, i64)> = runs.iter().flat_map(changes).collect();
    changes.sort_unstable();
    let (mut waiting, mut inside, mut before) = (0, 0, changes[0].0);
    let (mut time, mut full, mut used, mut most_inside) = (0, 0, 0, 0);
    for (at, waits, enters) in changes {
        if waiting > 0 {
            time += at - before;
            used += (at - before) * u64::try_from(inside).unwrap_or_default();
            full += if inside == i64::from(SLOTS) { at - before } else { 0 };
        }
        (waiting, inside, before) = (waiting + waits, inside + enters, at);
        most_inside = most_inside.max(inside);
    }
    let passes =
        |run: &&Run| runs.iter().any(|other| other.asked + SURELY_BEFORE < run.asked && other.had > run.had);
    let share = |part: u64, whole: u64| {
        Duration::from_nanos(part).as_secs_f64() / Duration::from_nanos(whole).as_secs_f64()
    };
    Story {
        most_inside: usize::try_from(most_inside).unwrap_or_default(),
        all_in_use: share(full, time),
        in_use: share(used, time * u64::from(SLOTS)),
        passed: runs.iter().filter(passes).count(),
    }
}
