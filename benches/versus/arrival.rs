//! The arrival: from the start of the first of a thousand waiters until all of them sleep at the lock.

use std::fs;
use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use crate::found::Found;
use crate::holder::Holder;
use crate::programs::Programs;
use crate::results::Results;
use crate::tools::Call;
use crate::turns;

pub const ARRIVED: &str = "1,000 waiters arrived";
const WAITERS: usize = 1000;
const ROUNDS: usize = 9;

pub fn measure(found: &[Found], programs: &Programs, directory: &Path, results: &mut Results) {
    let lock = &directory.join("arrived");
    turns::of_waiters(found, ROUNDS, (ARRIVED, "ms"), results, |found| once(found, programs, lock));
}

fn once(found: &Found, programs: &Programs, lock: &Path) -> f64 {
    let mut holder = Holder::of(lock, found.tool.family, programs);
    let mut command = found.call(Call::Run, lock, &["/bin/true"]).expect("it can");
    let start = Instant::now();
    let mut children: Vec<Child> =
        (0..WAITERS).map(|_| command.spawn().expect("there is room for another")).collect();
    for child in &children {
        until_asleep(child.id());
    }
    let time = start.elapsed();
    holder.release();
    for child in &mut children {
        let status = child.wait().expect("it is ours");
        assert!(status.success(), "{}: {status}", found.tool.name);
    }
    time.as_secs_f64() * 1e3
}

/// Until the kernel says that the process sleeps in a function of its locks. Reading the table of
/// locks instead would hold up those who are still to come.
fn until_asleep(pid: u32) {
    let start = Instant::now();
    let sleeps_in = || fs::read_to_string(format!("/proc/{pid}/wchan")).unwrap_or_default();
    while !["lock", "fcntl_setlk"].iter().any(|name| sleeps_in().contains(name)) {
        assert!(start.elapsed() < Duration::from_secs(60), "{pid} never came to wait: {}", sleeps_in());
        thread::sleep(Duration::from_millis(1));
    }
}
