//! The hand-over: from the release in one process until another process, which waits, has the lock.
//!
//! Both read the monotonic clock, which is the same for all processes. The holder releases the lock
//! only when the kernel's lock table shows that the other process waits.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write, stdin, stdout};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::bare::Calls;
use fasten::{InterProcessLock, LockOptions, Nested};

const TIMES: usize = 300;

/// The waiter.
pub fn plays(path: &Path, how: &str) {
    // It is a child of the holder, which does not wait for it.
    let lock = InterProcessLock::with_options(path, LockOptions::new().nested(Nested::Wait));
    let calls = Calls::on(path);
    for _ in stdin().lock().lines() {
        let got = if how == "bare" {
            calls.wait_and_unlock(now)
        } else {
            let _guard = lock.lock().expect("it comes free");
            now()
        };
        println!("{got}");
        stdout().flush().expect("the other end is open");
    }
}

pub fn measure(path: &Path, how: &str) {
    let mut other = Command::new(env::current_exe().expect("it has a path"))
        .args(["--plays", how])
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut to = other.stdin.take().expect("a pipe");
    let mut answers = BufReader::new(other.stdout.take().expect("a pipe")).lines();
    let lock = InterProcessLock::new(path);
    let inode = format!(":{} ", fs::metadata(path).expect("it is there").ino());
    let mut waits: Vec<u64> = (0..TIMES)
        .map(|_| {
            let guard = lock.lock().expect("it comes free");
            writeln!(to, "go").expect("it listens");
            while !is_waited_for(&inode) {}
            let released = now();
            drop(guard);
            let got: u64 = answers.next().expect("an answer").expect("a line").parse().expect("a number");
            got - released
        })
        .collect();
    drop(to);
    other.wait().expect("it ends");
    waits.sort_unstable();
    let milliseconds = |at: usize| Duration::from_nanos(waits[at]).as_secs_f64() * 1e3;
    println!(
        "hand-over between two processes, {how:6} {:.3} ms median, {:.3} ms 95 %, {:.3} ms longest",
        milliseconds(TIMES / 2),
        milliseconds(TIMES * 95 / 100),
        milliseconds(TIMES - 1)
    );
}

fn is_waited_for(inode: &str) -> bool {
    let table = fs::read_to_string("/proc/locks").expect("Linux");
    table.lines().any(|line| line.contains("->") && line.contains(inode))
}

fn now() -> u64 {
    let now = nix::time::clock_gettime(nix::time::ClockId::CLOCK_MONOTONIC).expect("a clock");
    u64::try_from(now.tv_sec() * 1_000_000_000 + now.tv_nsec()).expect("time since the start")
}
