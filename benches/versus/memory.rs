//! The peak memory of a waiter, and of a tool while its command runs, and how much of it is shared
//! with no other process.

use std::fs;
use std::path::Path;
use std::process::Child;

use crate::found::Found;
use crate::holder::{Holder, until_wait};
use crate::programs::Programs;
use crate::results::Results;
use crate::series::Series;
use crate::tools::Call;

pub const WAITER: &str = "memory of a waiter";
pub const HOLDER: &str = "memory of a holder";
pub const OWN: &str = "own memory of a waiter";
const ROUNDS: usize = 5;

pub fn measure(found: &[Found], programs: &Programs, directory: &Path, results: &mut Results) {
    let lock = &directory.join("remembered");
    for found in found.iter().filter(|found| !found.is_slow()) {
        let Some(words) = found.tool.words(Call::Run) else { continue };
        let waiters = (0..ROUNDS).map(|_| of_waiter(found, programs, lock));
        let (most, own): (Vec<f64>, Vec<f64>) = waiters.unzip();
        results.add(WAITER, "kB", found.tool.name, most.into_iter().collect());
        results.add(OWN, "kB", found.tool.name, own.into_iter().collect());
        if found.tool.words(Call::InPlace) != Some(words) {
            let most: Series = (0..ROUNDS).map(|_| of_holder(found, lock)).collect();
            results.add(HOLDER, "kB", found.tool.name, most);
        }
    }
}

fn of_waiter(found: &Found, programs: &Programs, lock: &Path) -> (f64, f64) {
    let holder = Holder::of(lock, found.tool.family, programs);
    let mut command = found.call(Call::Run, lock, &["/bin/true"]).expect("it can");
    let mut waiter: Child = command.spawn().expect("it can be started");
    until_wait(lock, 1);
    let pid = waiter.id();
    let memory = (kilobytes(pid, "status", "VmHWM:"), kilobytes(pid, "smaps_rollup", "Private_Dirty:"));
    drop(holder);
    waiter.wait().expect("it ends");
    memory
}

fn of_holder(found: &Found, lock: &Path) -> f64 {
    let call = found.call(Call::Run, lock, &["/bin/sh", "-c", "echo; read line"]);
    let holder = Holder::started(&mut call.expect("it can"));
    kilobytes(holder.pid(), "status", "VmHWM:")
}

fn kilobytes(pid: u32, file: &str, name: &str) -> f64 {
    let text = fs::read_to_string(format!("/proc/{pid}/{file}")).expect("it lives");
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).expect("a number")
}
