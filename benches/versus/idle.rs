//! The processor time of a waiter in ten seconds. A waiter that sleeps in the kernel uses none; one
//! that polls does.

use std::fs;
use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::Duration;

use crate::found::Found;
use crate::holder::Holder;
use crate::programs::Programs;
use crate::results::Results;
use crate::tools::{Call, Family};

pub const IDLE: &str = "processor time of a waiter in 10 s";
const UNTIL_ALL_WAIT: Duration = Duration::from_secs(5);
const LOOKED_AT: Duration = Duration::from_secs(10);

pub fn measure(found: &[Found], programs: &Programs, directory: &Path, results: &mut Results) {
    let locks = [directory.join("idle-flock"), directory.join("idle-fcntl")];
    let holders =
        [Holder::of(&locks[0], Family::Flock, programs), Holder::of(&locks[1], Family::Fcntl, programs)];
    let start = |found: &Found| -> Option<Child> {
        let lock = &locks[found.tool.family as usize];
        Some(found.call(Call::Run, lock, &["/bin/true"])?.spawn().expect("it can be started"))
    };
    let mut waiters: Vec<_> =
        found.iter().filter_map(|found| Some((found.tool.name, start(found)?))).collect();
    thread::sleep(UNTIL_ALL_WAIT);
    let before: Vec<_> = waiters.iter().map(|(_, waiter)| microseconds(waiter.id())).collect();
    thread::sleep(LOOKED_AT);
    for ((name, waiter), before) in waiters.iter().zip(before) {
        let spent = microseconds(waiter.id()) - before;
        results.add(IDLE, "us", name, [spent].into_iter().collect());
    }
    drop(holders);
    waiters.iter_mut().for_each(|(_, waiter)| _ = waiter.wait());
}

/// Of all threads, from their start on.
fn microseconds(pid: u32) -> f64 {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).expect("it waits");
    let of_one = |thread: fs::DirEntry| {
        let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    };
    threads.filter_map(|thread| of_one(thread.ok()?)).sum::<f64>() / 1000.0
}
