//! How the time of an uncontended run adds up: each program does one step more than the one before,
//! and the difference is the time of the step.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::holder::Holder;
use crate::optimised::optimised;
use crate::order::{Order, rounds};
use crate::programs::Programs;
use crate::results::Results;
use crate::runs::run;
use crate::series::Series;
use crate::tools::Family;

pub const STAGES: &str = "stages";
pub const FAULTS: &str = "page faults of the stages";
const ROUNDS: usize = 1000;

pub fn measure(programs: &Programs, directory: &Path, results: &mut Results) {
    let (free, held) = (directory.join("stage"), directory.join("stage-held"));
    fs::write(&free, "").expect("the directory is writable");
    let _holder = Holder::of(&held, Family::Flock, programs);
    let (free, held) = (free.to_str().expect("plain"), held.to_str().expect("plain"));
    let [bare, empty] = ["bare", "empty"].map(|name| programs.path(name).to_str().expect("plain").to_owned());
    let fasten = optimised();
    let fasten = fasten.to_str().expect("plain");
    let mut stages = [
        ("a process", call(&bare, &[])),
        ("the C library's start and end", call(&empty, &[])),
        ("the arguments read, no lock", call(fasten, &["exclusive", "-q", "/missing/lock", "--", &bare])),
        ("the lock opened and tried", call(fasten, &["exclusive", "-n", "-q", held, "--", &bare])),
        ("the lock taken, another program", call(fasten, &["exclusive", "-F", free, "--", &bare])),
        ("a command started and awaited", call(fasten, &["exclusive", free, "--", &bare])),
        ("/bin/true under it", call(fasten, &["exclusive", free, "--", "/bin/true"])),
    ];
    let mut times = vec![(Series::default(), Series::default()); stages.len()];
    let mut order = Order::new();
    for _ in 0..rounds(ROUNDS) {
        for index in order.of(stages.len()) {
            let before = faults();
            times[index].0.push(run(&mut stages[index].1));
            times[index].1.push(faults() - before);
        }
    }
    for ((name, _), (times, faults)) in stages.iter().zip(times) {
        results.add(STAGES, "us", name, times);
        results.add(FAULTS, "", name, faults);
    }
}

fn call(program: &str, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(words).env_clear().env("PATH", "/usr/bin:/bin");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The page faults of all children that have been waited for.
fn faults() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("proc is mounted");
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    after_name.split_whitespace().nth(8).and_then(|word| word.parse().ok()).expect("a number")
}
