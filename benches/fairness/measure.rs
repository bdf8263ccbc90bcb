//! What is measured: one process that requests the lock again and again, among a stream of others.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use crate::stream::{Stream, Tool, Turn, at_percent, longest, median, turn, waits};

pub const AT_ONCE: u32 = 4;
/// How long each of them holds the lock.
pub const HOLD: Duration = Duration::from_millis(20);
/// How long one scene is looked at, and how long one wait may be at most.
pub const LIMIT: Duration = Duration::from_secs(8);

/// Processes that come without a gap, and one that comes into them.
#[derive(Debug)]
pub struct Scene {
    pub stream: &'static str,
    pub comer: &'static str,
    pub contenders: [Contender; 4],
}

/// One way to lock.
#[derive(Debug)]
pub struct Contender {
    pub name: &'static str,
    stream: Tool,
    comer: Tool,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    pub name: &'static str,
    /// How long the comer waited, each time.
    pub waits: Vec<Duration>,
    /// What the comer, and the stream, got done in a second.
    pub comer_rate: f64,
    pub stream_rate: f64,
}

pub const SCENES: [Scene; 2] = [
    Scene {
        stream: "reader",
        comer: "writer",
        contenders: [
            contender("fair", Tool::Fasten("read"), Tool::Fasten("write -q -w 8")),
            contender("writer", Tool::Fasten("read"), Tool::Fasten("write -q -w 8 --prefer writer")),
            contender("reader", Tool::Fasten("read"), Tool::Fasten("write -q -w 8 --prefer reader")),
            contender("flock(1)", Tool::Flock("-s"), Tool::Flock("-x -w 8")),
        ],
    },
    Scene {
        stream: "writer",
        comer: "reader",
        contenders: [
            contender("fair", Tool::Fasten("write"), Tool::Fasten("read -q -w 8")),
            contender("writer", Tool::Fasten("write --prefer writer"), Tool::Fasten("read -q -w 8")),
            contender("reader", Tool::Fasten("write --prefer reader"), Tool::Fasten("read -q -w 8")),
            contender("flock(1)", Tool::Flock("-x"), Tool::Flock("-s -w 8")),
        ],
    },
];

const fn contender(name: &'static str, stream: Tool, comer: Tool) -> Contender {
    Contender { name, stream, comer }
}

/// Every contender in one scene.
pub fn measure(scene: &Scene) -> Vec<Outcome> {
    scene.contenders.iter().map(run).collect()
}

fn run(contender: &Contender) -> Outcome {
    let directory = tempfile::tempdir().expect("a directory for the lock");
    let path: &Path = &directory.path().join("lock");
    let over = AtomicBool::new(false);
    let start = Instant::now();
    let (stream, own) = thread::scope(|scope| {
        let others = Stream::start(scope, &over, AT_ONCE, || turn(contender.stream, path, HOLD), HOLD);
        let mut own = Vec::new();
        for number in 0.. {
            thread::sleep(HOLD + HOLD * (number % 10) / 10);
            own.push(turn(contender.comer, path, Duration::ZERO));
            if start.elapsed() >= LIMIT {
                break;
            }
        }
        (others.end(), own)
    });
    let rate = |turns: &[Turn]| {
        let done = turns.iter().filter(|turn| turn.entered).count();
        f64::from(u32::try_from(done).unwrap_or(u32::MAX)) / start.elapsed().as_secs_f64()
    };
    let (comer_rate, stream_rate) = (rate(&own), rate(&stream));
    Outcome { name: contender.name, waits: waits(&own), comer_rate, stream_rate }
}

impl Outcome {
    pub fn median(&self) -> Duration {
        median(self.waits.clone())
    }

    pub fn at_95_percent(&self) -> Duration {
        at_percent(95, self.waits.clone())
    }

    pub fn longest(&self) -> Duration {
        longest(self.waits.clone())
    }
}
