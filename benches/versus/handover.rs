//! One process holds the lock, another waits: from the moment when the first command is asked to
//! end until the second command runs.

use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use crate::found::Found;
use crate::holder::{Holder, until_wait};
use crate::programs::Programs;
use crate::results::Results;
use crate::tools::Call;
use crate::turns;

pub const HANDED_OVER: &str = "handed over";
const ROUNDS: usize = 200;

pub fn measure(found: &[Found], programs: &Programs, directory: &Path, results: &mut Results) {
    let lock = &directory.join("handed");
    turns::of_waiters(found, ROUNDS, (HANDED_OVER, "us"), results, |found| once(found, programs, lock));
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
