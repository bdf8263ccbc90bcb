//! How fast the thread lock is, and how long threads wait for it: `cargo bench --bench thread`.
//!
//! Uncontended, beside std's `RwLock`: the goal is at most five times its time. With eight threads,
//! beside `parking_lot`'s `RwLock`: the goal is at least half its throughput. The runs of the two
//! alternate, and the result is the median of their ratios, so that other load on the machine
//! affects both.
//!
//! The longest wait of a thread is shown too, in phases from the call on: twice the number of
//! writers that got in meanwhile, because each may bring one reader phase with it. A thread that
//! loses its processor after it has read the clock and before it is in the queue counts as waiting,
//! although the lock cannot know of it. So both the longest wait and the number of waits over
//! twenty phases are shown.

use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use fasten::thread::ReaderWriterLock;

const THREADS: usize = 8;
const RUN: Duration = Duration::from_millis(200);
const PAIRS: usize = 9;

/// Nanoseconds inside and outside of the lock.
const MIXES: [(u32, u32); 6] = [(0, 0), (250, 250), (1000, 1000), (1000, 0), (3000, 0), (3000, 3000)];

fn main() {
    uncontended();
    println!("\n{THREADS} threads, each in turn inside and outside of the lock; million operations a second");
    println!(
        "                                                          longest wait in phases (how many over 20)"
    );
    println!("writes   inside  outside  parking_lot  fasten  ratio      parking_lot            fasten");
    let turns = turns_of_a_microsecond();
    for writes in [10, 50] {
        for (inside, outside) in MIXES {
            print!("{writes:5}% {inside:5} ns {outside:5} ns");
            let [inside, outside] = [inside, outside].map(|time| time * turns / 1000);
            compare(&Mix { writes, inside, outside });
        }
    }
}

fn uncontended() {
    let (ours, std) = (ReaderWriterLock::new(), std::sync::RwLock::new(()));
    let read = [each(|| drop(ours.read())), each(|| drop(std.read()))];
    let write = [each(|| drop(ours.write())), each(|| drop(std.write()))];
    println!("uncontended, take and release     fasten       std  ratio");
    for (what, [ours, std]) in [("read", read), ("write", write)] {
        println!("{what:30} {ours:6.1} ns {std:6.1} ns  {:5.2}", ours / std);
    }
    let _held = ours.read();
    println!("{:30} {:6.1} ns", "read in read", each(|| drop(ours.read())));
}

/// Nanoseconds that this takes, in the best of several runs.
fn each(operation: impl Fn()) -> f64 {
    const TIMES: u32 = 1_000_000;
    let run = |_| {
        let start = Instant::now();
        (0..TIMES).for_each(|_| operation());
        start.elapsed().as_secs_f64() * 1e9 / f64::from(TIMES)
    };
    (0..9).map(run).fold(f64::INFINITY, f64::min)
}

fn work(turns: u32) {
    (0..turns).for_each(|turn| _ = black_box(turn));
}

fn turns_of_a_microsecond() -> u32 {
    let run = |_| {
        let start = Instant::now();
        work(1_000_000);
        1_000_000 / u32::try_from(start.elapsed().as_micros()).expect("below an hour")
    };
    (0..9).map(run).max().expect("nine runs")
}

trait Lock: Sync {
    fn with<R>(&self, write: bool, inside: impl FnOnce() -> R) -> R;
}

impl Lock for ReaderWriterLock {
    fn with<R>(&self, write: bool, inside: impl FnOnce() -> R) -> R {
        if write {
            let _guard = self.write().expect("no reader asks to write");
            inside()
        } else {
            let _guard = self.read();
            inside()
        }
    }
}

impl Lock for parking_lot::RwLock<()> {
    fn with<R>(&self, write: bool, inside: impl FnOnce() -> R) -> R {
        if write {
            let _guard = self.write();
            inside()
        } else {
            let _guard = self.read();
            inside()
        }
    }
}

struct Mix {
    writes: u64,
    inside: u32,
    outside: u32,
}

#[derive(Default)]
struct Waits {
    longest: AtomicUsize,
    over_twenty: AtomicUsize,
}

impl Waits {
    fn note(&self, phases: usize) {
        if phases > self.longest.load(Relaxed) {
            self.longest.fetch_max(phases, Relaxed);
        }
        if phases > 20 {
            self.over_twenty.fetch_add(1, Relaxed);
        }
    }

    fn shown(&self) -> String {
        format!("{:?} ({:?})", self.longest, self.over_twenty)
    }
}

fn compare(mix: &Mix) {
    let (ours, theirs) = (ReaderWriterLock::new(), parking_lot::RwLock::new(()));
    let (our_waits, their_waits) = (Waits::default(), Waits::default());
    let pair = |_| (run(mix, &theirs, &their_waits), run(mix, &ours, &our_waits));
    let mut pairs: Vec<_> = (0..PAIRS).map(pair).collect();
    pairs.sort_by(|(a, b), (c, d)| (b / a).total_cmp(&(d / c)));
    let (theirs, ours) = pairs[PAIRS / 2];
    print!(" {theirs:12.2} {ours:7.2} {:6.2}", ours / theirs);
    println!(" {:>20} {:>15}", their_waits.shown(), our_waits.shown());
}

/// Million operations a second.
fn run(mix: &Mix, lock: &impl Lock, waits: &Waits) -> f64 {
    let (start, stop) = (Barrier::new(THREADS + 1), AtomicBool::new(false));
    let writers = AtomicUsize::new(0);
    let worker = |first: u64| {
        let (mut random, mut done) = (first, 0.0);
        start.wait();
        while !stop.load(Relaxed) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let write = (random >> 33) % 100 < mix.writes;
            let before = writers.load(Relaxed);
            let passed = lock.with(write, || {
                let now = writers.load(Relaxed);
                if write {
                    writers.store(now + 1, Relaxed);
                }
                work(mix.inside);
                now - before
            });
            waits.note(2 * passed);
            work(mix.outside);
            done += 1.0;
        }
        done
    };
    let operations: f64 = thread::scope(|scope| {
        let worker = &worker;
        let threads: Vec<_> = (1..).take(THREADS).map(|first| scope.spawn(move || worker(first))).collect();
        start.wait();
        thread::sleep(RUN);
        stop.store(true, Relaxed);
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    });
    operations / RUN.as_secs_f64() / 1e6
}
