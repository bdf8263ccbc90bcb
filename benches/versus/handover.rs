//! One process holds the lock, another waits: from the moment when the first command is asked to
//! end until the second command runs.

use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use crate::found::Found;
use crate::holder::{Holder, until_wait};
use crate::order::{Order, rounds};
use crate::programs::Programs;
use crate::results::Results;
use crate::series::Series;
use crate::tools::Call;

pub const HANDED_OVER: &str = "handed over";
const ROUNDS: usize = 200;

pub fn measure(found: &[Found], programs: &Programs, directory: &Path, results: &mut Results) {
    let contestants: Vec<_> = found.iter().filter(|found| !found.is_slow() && can(found)).collect();
    let mut times = vec![Series::default(); contestants.len()];
    let mut order = Order::new();
    for _ in 0..rounds(ROUNDS) {
        for index in order.of(contestants.len()) {
            times[index].push(once(contestants[index], programs, &directory.join("handed")));
        }
    }
    for (found, times) in contestants.iter().zip(times) {
        results.add(HANDED_OVER, "us", found.tool.name, times);
    }
}

fn can(found: &Found) -> bool {
    found.tool.words(Call::Run).is_some()
}

fn once(found: &Found, programs: &Programs, lock: &Path) -> f64 {
    let bare = programs.path("bare");
    let call = |command: &[&str]| found.call(Call::Run, lock, command).expect("it can");
    let mut first = Holder::started(&mut call(&["/bin/sh", "-c", "echo; read line"]));
    let mut second = call(&[bare.to_str().expect("a plain path")]);
    let mut second = second.stdout(Stdio::piped()).spawn().expect("it can be started");
    until_wait(lock, 1);
    let start = Instant::now();
    first.release();
    second.stdout.take().expect("a pipe").read_exact(&mut [0]).expect("its command runs");
    let time = start.elapsed();
    second.wait().expect("it ends");
    time.as_secs_f64() * 1e6
}
