//! A lock acquired and released within one program: fasten's library, the bare system calls in C,
//! and the libraries of Python.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use fasten::{InterProcessLock, InterProcessReaderWriterLock};

use crate::order::{Order, rounds};
use crate::programs::Programs;
use crate::results::Results;
use crate::series::Series;

pub const LIBRARY: &str = "library, take and release";
const ROUNDS: usize = 21;
const TIMES: u32 = 2000;

/// What it is called, and nanoseconds of one time; `None` where it is not installed.
type Contestant<'a> = (&'static str, Box<dyn FnMut() -> Option<f64> + 'a>);

pub fn measure(programs: &Programs, directory: &Path, results: &mut Results) {
    let lock = directory.join("taken");
    std::fs::write(&lock, "").expect("the directory is writable");
    let program = |name: &str, words: &[&str]| {
        let mut command = Command::new(programs.path(name));
        command.args(words).arg(&lock).arg(TIMES.to_string());
        move || said(&mut command)
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/versus/locks.py");
    let new = || InterProcessLock::new(&lock);
    let (kept, shared) = (new(), InterProcessReaderWriterLock::new(&lock));
    let mut contestants: Vec<Contestant> = vec![
        ("fasten, its file kept open", Box::new(|| Some(each(|| drop(kept.lock().expect("free")))))),
        ("fasten, a new lock each time", Box::new(|| Some(each(|| drop(new().lock().expect("free")))))),
        ("fasten, read", Box::new(|| Some(each(|| drop(shared.read().expect("free")))))),
        ("fasten, write", Box::new(|| Some(each(|| drop(shared.write().expect("free")))))),
        ("C, open, flock, close", Box::new(program("library", &["open"]))),
        ("C, flock on an open file", Box::new(program("library", &["held"]))),
        ("Python's fasteners", Box::new(program("venv/bin/python", &[script, "loop", "fasteners"]))),
        ("Python's filelock", Box::new(program("venv/bin/python", &[script, "loop", "filelock"]))),
        ("Python's portalocker", Box::new(program("venv/bin/python", &[script, "loop", "portalocker"]))),
    ];
    let mut times = vec![Series::default(); contestants.len()];
    let mut order = Order::new();
    for _ in 0..rounds(ROUNDS) {
        for index in order.of(contestants.len()) {
            contestants[index].1().into_iter().for_each(|time| times[index].push(time));
        }
    }
    for ((name, _), times) in contestants.iter().zip(times).filter(|(_, times)| times.len() > 0) {
        results.add(LIBRARY, "ns", name, times);
    }
}

/// Nanoseconds of one time.
fn each(take_and_release: impl Fn()) -> f64 {
    let start = Instant::now();
    (0..TIMES).for_each(|_| take_and_release());
    start.elapsed().as_secs_f64() * 1e9 / f64::from(TIMES)
}

fn said(command: &mut Command) -> Option<f64> {
    String::from_utf8(command.output().ok()?.stdout).ok()?.trim().parse().ok()
}
