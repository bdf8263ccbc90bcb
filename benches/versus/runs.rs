//! Whole runs, from the start of the tool to its end, on a lock that is free or held throughout.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::found::Found;
use crate::holder::Holder;
use crate::order::{Order, rounds};
use crate::programs::Programs;
use crate::results::Results;
use crate::series::Series;
use crate::tools::{Call, Family};

pub const UNCONTENDED: &str = "uncontended";
pub const IN_PLACE: &str = "in place of the tool";
pub const SHELL: &str = "command string";
pub const REFUSED: &str = "refused";

const ROUNDS: usize = 1000;
/// Tools that need an interpreter take part once in this many rounds.
const SLOW_ONES_IN: usize = 20;

pub fn measure(found: &[Found], programs: &Programs, directory: &Path, results: &mut Results) {
    scene(UNCONTENDED, Call::Run, found, [&directory.join("free"); 2], results);
    scene(IN_PLACE, Call::InPlace, found, [&directory.join("free"); 2], results);
    scene(SHELL, Call::Shell, found, [&directory.join("free"); 2], results);
    let held = [directory.join("flock"), directory.join("fcntl")];
    let _holders =
        [Holder::of(&held[0], Family::Flock, programs), Holder::of(&held[1], Family::Fcntl, programs)];
    scene(REFUSED, Call::Refuse, found, [&held[0], &held[1]], results);
}

struct Contestant<'a> {
    found: &'a Found,
    command: Command,
    times: Series,
}

/// The locks are those for flock(2) and for fcntl(2).
fn scene(name: &'static str, call: Call, found: &[Found], locks: [&Path; 2], results: &mut Results) {
    let contestant = |found| {
        let found: &Found = found;
        let command = found.call(call, locks[found.tool.family as usize], &["/bin/true"])?;
        Some(Contestant { found, command, times: Series::default() })
    };
    let mut contestants: Vec<_> = found.iter().filter_map(contestant).collect();
    let mut order = Order::new();
    for round in 0..rounds(ROUNDS) {
        for index in order.of(contestants.len()) {
            let Contestant { found, command, times } = &mut contestants[index];
            if !found.is_slow() || round % SLOW_ONES_IN == 0 {
                times.push(run(command));
            }
        }
    }
    for contestant in contestants {
        results.add(name, "us", contestant.found.tool.name, contestant.times);
    }
}

/// Microseconds from its start to its end.
pub fn run(command: &mut Command) -> f64 {
    let start = Instant::now();
    command.status().expect("it was found, so it can be started");
    start.elapsed().as_secs_f64() * 1e6
}
