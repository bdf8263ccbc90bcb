//! The goals, and whether each is met.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::arrival::ARRIVED;
use crate::drain::DRAINED;
use crate::idle::IDLE;
use crate::memory::{HOLDER, WAITER};
use crate::results::Results;
use crate::runs::{IN_PLACE, REFUSED, SHELL, UNCONTENDED};
use crate::tools::{BUILT, BUILT_NAMING, FLOCK, FLOOR, NAMING, RAW_FLOOR, SHIPPED};

/// A number of ours against another one, and what it may be at most: as shipped, and as built.
#[derive(Clone, Copy)]
struct Goal {
    what: &'static str,
    ours: [&'static str; 2],
    theirs: [&'static str; 2],
    scene: &'static str,
    their_scene: &'static str,
    limits: [f64; 2],
}

const OURS: [&str; 2] = [SHIPPED, BUILT];
/// What stands for the name of the other one.
const OTHER: &str = "OTHER";

const GOALS: [Goal; 11] = [
    goal("uncontended, against flock(1)", UNCONTENDED, [0.58, 0.85]),
    Goal { theirs: [RAW_FLOOR, FLOOR], ..goal("uncontended, against OTHER", UNCONTENDED, [1.20, 1.20]) },
    goal("`-F` against `flock -F`", IN_PLACE, [0.60, 0.85]),
    goal("`-c` against `flock -c`", SHELL, [0.48, 0.70]),
    goal("refused (`-n -q`), against `flock -n`", REFUSED, [0.35, 0.85]),
    Goal {
        ours: [NAMING, BUILT_NAMING],
        ..goal("refused, and the holder named, against `flock -n`", REFUSED, [0.85, 1.50])
    },
    goal("1,000 waiters drained, against flock(1)", DRAINED[2], [0.75, 1.0]),
    goal("arrival of 1,000 waiters, against flock(1)", ARRIVED, [1.20, 1.30]),
    goal("peak memory of a waiter, against flock(1)", WAITER, [0.50, 1.0]),
    goal("peak memory of a holder, against flock(1)", HOLDER, [0.50, 1.0]),
    Goal {
        theirs: OURS,
        their_scene: DRAINED[1],
        ..goal("1,000 waiters drained, against 100", DRAINED[2], [12.0, 12.0])
    },
];

const LARGEST: u64 = 1_100_000;

/// Against flock(1), unless something else is said.
const fn goal(what: &'static str, scene: &'static str, limits: [f64; 2]) -> Goal {
    Goal { what, ours: OURS, theirs: [FLOCK; 2], scene, their_scene: scene, limits }
}

/// `shipped` is the path of the shipped program.
pub fn markdown(results: &Results, shipped: &Path) -> String {
    let mut text = table("as shipped", 0, results);
    let size = fs::metadata(shipped).map_or(u64::MAX, |file| file.len());
    let _ = writeln!(
        text,
        "| size of the binary, in bytes | {LARGEST} | {size} | {} |\n",
        verdict(size <= LARGEST)
    );
    text + &table("as built", 1, results)
}

/// The first or the second of each pair.
fn table(whose: &str, which: usize, results: &Results) -> String {
    let mut text = format!("| goal, {whose} | at most | measured | |\n| --- | ---: | ---: | --- |\n");
    let median = |scene, tool| results.median(scene, tool).unwrap_or(f64::NAN);
    for goal in GOALS {
        let (ours, theirs, limit) = (goal.ours[which], goal.theirs[which], goal.limits[which]);
        let what = goal.what.replace(OTHER, theirs);
        let ratio = median(goal.scene, ours) / median(goal.their_scene, theirs);
        let _ = writeln!(text, "| {what} | {limit:.2} | {ratio:.2} | {} |", verdict(ratio <= limit));
    }
    let idle = median(IDLE, OURS[which]);
    let _ = writeln!(
        text,
        "| processor time of a waiter in 10 s | 0 | {idle:.0} us | {} |",
        verdict(idle == 0.0)
    );
    text
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "missed" }
}
