//! The drain: many processes wait for one lock; from its release until all of them have held it,
//! run a command and ended.

use std::path::Path;
use std::process::Child;
use std::time::Instant;

use crate::found::Found;
use crate::holder::{Holder, until_wait};
use crate::programs::Programs;
use crate::results::Results;
use crate::tools::Call;
use crate::turns;

pub const DRAINED: [&str; 3] = ["10 waiters drained", "100 waiters drained", "1,000 waiters drained"];
const WAITERS: [usize; 3] = [10, 100, 1000];
const ROUNDS: [usize; 3] = [31, 11, 5];

pub fn measure(found: &[Found], programs: &Programs, directory: &Path, results: &mut Results) {
    let lock = &directory.join("drained");
    for (index, scene) in DRAINED.into_iter().enumerate() {
        let once = |found: &Found| once(found, WAITERS[index], programs, lock);
        turns::of_waiters(found, ROUNDS[index], (scene, "ms"), results, once);
    }
}

fn once(found: &Found, waiters: usize, programs: &Programs, lock: &Path) -> f64 {
    let mut holder = Holder::of(lock, found.tool.family, programs);
    let mut command = found.call(Call::Run, lock, &["/bin/true"]).expect("it can");
    let mut children: Vec<Child> =
        (0..waiters).map(|_| command.spawn().expect("there is room for another")).collect();
    until_wait(lock, waiters);
    let start = Instant::now();
    holder.release();
    for child in &mut children {
        let status = child.wait().expect("it is ours");
        assert!(status.success(), "{}: {status}", found.tool.name);
    }
    start.elapsed().as_secs_f64() * 1e3
}
