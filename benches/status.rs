//! What `fasten status` costs on a full machine: `cargo bench --bench status`.
//!
//! `fasten status LOCK` and lslocks(8) run in turn, beside more and more processes and locks; the
//! result is the median of each. While the process that acquired the lock still holds it, the
//! number of processes does not matter. It matters when that process has exited and left the lock
//! to another one, because then all processes are searched. The lock table is read in either case,
//! and the kernel makes its first reader after a pause wait for some milliseconds.
#![cfg(target_os = "linux")]

#[path = "support/shipped.rs"]
mod shipped;
#[path = "../tests/support/stream.rs"]
mod stream;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use stream::median;

const ROUNDS: usize = 41;

fn main() {
    if !std::env::args().any(|option| option == "--bench") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let [alive, left] = ["alive", "left"].map(|name| directory.path().join(name));
    let mut crowd = Crowd::default();
    crowd.add("exec flock -F \"$0\" sleep 3600", &alive);
    crowd.add("exec 9>\"$0\"; flock 9; exec sleep 3600", &left);
    println!("processes  locks  locker      fasten status LOCK, as shipped     as built      lslocks");
    for (processes, locks) in [(100, 100), (2000, 100), (2000, 2000)] {
        while crowd.0.len() < locks {
            let own = directory.path().join(crowd.0.len().to_string());
            crowd.add("exec flock -F \"$0\" sleep 3600", &own);
        }
        crowd.until_all_hold();
        let mut others = Crowd::default();
        while crowd.0.len() + others.0.len() < processes {
            others.add("exec sleep 3600", directory.path());
        }
        compare(processes, locks, "lives", &alive);
        compare(processes, locks, "has exited", &left);
    }
}

fn compare(processes: usize, locks: usize, locker: &str, lock: &Path) {
    let shipped = shipped::shipped();
    let (mut ours, mut built, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(time(Command::new(&shipped).arg("status").arg(lock)));
        built.push(time(Command::new(env!("CARGO_BIN_EXE_fasten")).arg("status").arg(lock)));
        theirs.push(time(&mut Command::new("lslocks")));
    }
    let [ours, built, theirs] = [ours, built, theirs].map(|times| median(times).as_secs_f64() * 1000.0);
    println!("{processes:9}  {locks:5}  {locker:10} {ours:30.1} ms {built:9.1} ms {theirs:9.1} ms");
}

fn time(command: &mut Command) -> Duration {
    let start = Instant::now();
    let output = command.stderr(Stdio::inherit()).output().unwrap();
    let time = start.elapsed();
    assert!(!output.stdout.is_empty());
    time
}

/// Processes that do nothing until this is dropped.
#[derive(Default)]
struct Crowd(Vec<Child>);

impl Crowd {
    fn add(&mut self, script: &str, path: &Path) {
        let child = Command::new("sh").args(["-c", script]).arg(path).stdin(Stdio::null()).spawn();
        self.0.push(child.unwrap());
    }

    fn until_all_hold(&self) {
        while fs::read_to_string("/proc/locks").unwrap().lines().count() < self.0.len() {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
        }
        for child in &mut self.0 {
            let _ = child.wait();
        }
    }
}
