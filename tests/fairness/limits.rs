//! A process that comes into a stream of others waits for about one of them.
//!
//! The unit is a phase: how long those in the stream held, in this very run.
//! What it takes to start a process is measured on a lock that nobody holds, in
//! turns with the waits, and taken off.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use super::alone;
use crate::support::ordered::Lock;
use crate::support::stream::{Stream, Tool, Turn, holds, longest, median, turn, waits};

pub const AT_ONCE: u32 = 4;

/// What one that came again and again met with.
#[derive(Debug)]
pub struct Met {
    /// The runs of the stream.
    pub stream: Vec<Turn>,
    /// The own runs.
    pub own: Vec<Turn>,
    /// The same on the lock that nobody holds.
    pub free: Vec<Turn>,
}

/// How many phases one may wait, usually and at the most.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub usual: f64,
    pub longest: f64,
}

/// A stream without a gap, and one that comes into it this many times.
pub fn meet(stream: Tool, hold: Duration, own: Tool, times: u32) -> Met {
    let _alone = alone();
    let (lock, free) = (Lock::new(), Lock::new());
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let path: &Path = &lock.path;
        let others = Stream::start(scope, &over, AT_ONCE, move || turn(stream, path, hold), hold);
        let mut met = Met { stream: vec![], own: vec![], free: vec![] };
        for number in 0..times {
            met.free.push(turn(own, &free.path, Duration::ZERO));
            thread::sleep(hold + hold * (number % 10) / 10);
            met.own.push(turn(own, path, Duration::ZERO));
        }
        met.stream = others.end();
        met
    })
}

impl Met {
    /// The waits, less what the start of a process takes.
    pub fn waits(&self) -> Vec<Duration> {
        let start_up = median(waits(&self.free));
        self.own.iter().map(|turn| turn.wait.saturating_sub(start_up)).collect()
    }

    /// A phase of the stream, in which so many hold together and which lasts as
    /// long as the longest of them: the usual one and the longest.
    pub fn phases(&self, together: u32) -> (Duration, Duration) {
        let holds = holds(&self.stream);
        let phases = holds.chunks(together as usize).map(|phase| longest(phase.to_vec()));
        (median(phases.collect()), longest(holds))
    }

    /// Whether the usual and the longest wait are within the limits, in phases.
    /// The text tells how it was.
    fn judge(&self, together: u32, limits: Limits) -> Result<String, String> {
        let (usual, longest_phase) = self.phases(together);
        let (middle, most) = (median(self.waits()), longest(self.waits()));
        let (in_usual, in_longest) = (ratio(middle, usual), ratio(most, longest_phase));
        let told = format!(
            "waits {middle:?}, longest {most:?}; phases {usual:?}, longest {longest_phase:?}: {in_usual:.2}, at most {in_longest:.2}"
        );
        let is_fair = in_usual <= limits.usual && in_longest <= limits.longest;
        if is_fair { Ok(told) } else { Err(told) }
    }
}

fn ratio(time: Duration, phase: Duration) -> f64 {
    time.as_secs_f64() / phase.as_secs_f64()
}

/// Meets again, up to three times, until it was fair: a machine that is busy with
/// other things can spoil one measurement, and a starved one is starved always.
pub fn is_fair(together: u32, limits: Limits, mut meet: impl FnMut() -> Met) -> Met {
    let mut told = Vec::new();
    for _ in 0..3 {
        let seen = meet();
        match seen.judge(together, limits) {
            Ok(fair) => {
                println!("{fair}");
                return seen;
            }
            Err(unfair) => told.push(unfair),
        }
    }
    panic!("{told:#?}");
}
