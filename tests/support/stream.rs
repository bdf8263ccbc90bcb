//! Runs under a lock, one after the other without a gap, and how long each one
//! waited and held. Also for the bench.
#![allow(dead_code, reason = "each program uses its part of it")]

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

/// A tool with its options; the lock and the command follow them.
#[derive(Debug, Clone, Copy)]
pub enum Tool {
    Fasten(&'static str),
    Flock(&'static str),
}

/// One run under the lock.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    /// From the start of the tool until its command says that it runs.
    pub wait: Duration,
    /// From then until the tool has ended.
    pub hold: Duration,
    /// Whether the lock was had at all.
    pub entered: bool,
}

/// Runs one command under the lock that holds it for this time.
pub fn turn(tool: Tool, lock: &Path, hold: Duration) -> Turn {
    let mut command = match tool {
        Tool::Fasten(_) => Command::new(env!("CARGO_BIN_EXE_fasten")),
        Tool::Flock(_) => Command::new("flock"),
    };
    let (Tool::Fasten(options) | Tool::Flock(options)) = tool;
    command.args(options.split_whitespace()).arg(lock);
    if let Tool::Fasten(_) = tool {
        command.arg("--");
    }
    let holding = format!("echo; exec sleep {}", hold.as_secs_f64());
    command.args(["sh", "-c", &holding]).stdin(Stdio::null()).stdout(Stdio::piped());
    let asked = Instant::now();
    let mut child = command.spawn().unwrap();
    let entered = child.stdout.take().unwrap().read(&mut [0]).unwrap() == 1;
    let wait = asked.elapsed();
    let status = child.wait().unwrap();
    assert_eq!(entered, status.success(), "{tool:?}");
    Turn { wait, hold: asked.elapsed().saturating_sub(wait), entered }
}

/// So many of them at once, each again and again, until the end.
pub struct Stream<'scope> {
    runs: Vec<ScopedJoinHandle<'scope, Vec<Turn>>>,
    over: &'scope AtomicBool,
}

impl<'scope> Stream<'scope> {
    pub fn start<'env>(
        scope: &'scope Scope<'scope, 'env>,
        over: &'scope AtomicBool,
        count: u32,
        run: impl Fn() -> Turn + Copy + Send + 'scope,
        hold: Duration,
    ) -> Self {
        let again = move |number| {
            thread::sleep(hold * number / count);
            let mut turns = Vec::new();
            while !over.load(Ordering::Relaxed) {
                turns.push(run());
            }
            turns
        };
        Self { runs: (0..count).map(|number| scope.spawn(move || again(number))).collect(), over }
    }

    pub fn end(self) -> Vec<Turn> {
        self.over.store(true, Ordering::Relaxed);
        self.runs.into_iter().flat_map(|run| run.join().unwrap()).collect()
    }
}

pub fn waits(turns: &[Turn]) -> Vec<Duration> {
    turns.iter().map(|turn| turn.wait).collect()
}

pub fn holds(turns: &[Turn]) -> Vec<Duration> {
    turns.iter().map(|turn| turn.hold).collect()
}

pub fn median(times: Vec<Duration>) -> Duration {
    at_percent(50, times)
}

/// The time that so many percent of them do not exceed.
pub fn at_percent(percent: usize, mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[(times.len() - 1) * percent / 100]
}

pub fn longest(times: Vec<Duration>) -> Duration {
    times.into_iter().max().unwrap()
}
