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

/// A number of the one against that of the other, and what it may be at most.
struct Goal {
    what: &'static str,
    this: (&'static str, &'static str),
    that: (&'static str, &'static str),
    limit: f64,
}

/// Of the program that people install.
const AS_SHIPPED: [Goal; 11] = [
    goal("uncontended, against flock(1)", UNCONTENDED, SHIPPED, FLOCK, 0.58),
    goal("uncontended, against the floor without a C library", UNCONTENDED, SHIPPED, RAW_FLOOR, 1.20),
    goal("`-F` against `flock -F`", IN_PLACE, SHIPPED, FLOCK, 0.60),
    goal("`-c` against `flock -c`", SHELL, SHIPPED, FLOCK, 0.48),
    goal("refused (`-n -q`), against `flock -n`", REFUSED, SHIPPED, FLOCK, 0.35),
    goal("refused, and the holder named, against `flock -n`", REFUSED, NAMING, FLOCK, 0.85),
    goal("1,000 waiters drained, against flock(1)", DRAINED[2], SHIPPED, FLOCK, 0.75),
    goal("arrival of 1,000 waiters, against flock(1)", ARRIVED, SHIPPED, FLOCK, 1.20),
    goal("peak memory of a waiter, against flock(1)", WAITER, SHIPPED, FLOCK, 0.50),
    goal("peak memory of a holder, against flock(1)", HOLDER, SHIPPED, FLOCK, 0.50),
    drain(SHIPPED),
];

/// Of `cargo build --release`.
const AS_BUILT: [Goal; 11] = [
    goal("uncontended, against flock(1)", UNCONTENDED, BUILT, FLOCK, 0.85),
    goal("uncontended, against the floor with glibc", UNCONTENDED, BUILT, FLOOR, 1.20),
    goal("`-F` against `flock -F`", IN_PLACE, BUILT, FLOCK, 0.85),
    goal("`-c` against `flock -c`", SHELL, BUILT, FLOCK, 0.70),
    goal("refused (`-n -q`), against `flock -n`", REFUSED, BUILT, FLOCK, 0.85),
    goal("refused, and the holder named, against `flock -n`", REFUSED, BUILT_NAMING, FLOCK, 1.5),
    goal("1,000 waiters drained, against flock(1)", DRAINED[2], BUILT, FLOCK, 1.0),
    goal("arrival of 1,000 waiters, against flock(1)", ARRIVED, BUILT, FLOCK, 1.3),
    goal("peak memory of a waiter, against flock(1)", WAITER, BUILT, FLOCK, 1.0),
    goal("peak memory of a holder, against flock(1)", HOLDER, BUILT, FLOCK, 1.0),
    drain(BUILT),
];

const LARGEST: u64 = 1_100_000;

const fn drain(tool: &'static str) -> Goal {
    let (this, that) = ((DRAINED[2], tool), (DRAINED[1], tool));
    Goal { what: "1,000 waiters drained, against 100", this, that, limit: 12.0 }
}

const fn goal(
    what: &'static str,
    scene: &'static str,
    this: &'static str,
    that: &'static str,
    limit: f64,
) -> Goal {
    Goal { what, this: (scene, this), that: (scene, that), limit }
}

/// `shipped` is the path of the shipped program.
pub fn markdown(results: &Results, shipped: &Path) -> String {
    let mut text = table("as shipped", &AS_SHIPPED, SHIPPED, results);
    let size = fs::metadata(shipped).map_or(u64::MAX, |file| file.len());
    let _ = writeln!(
        text,
        "| size of the binary, in bytes | {LARGEST} | {size} | {} |\n",
        verdict(size <= LARGEST)
    );
    text + &table("as built", &AS_BUILT, BUILT, results)
}

fn table(whose: &str, goals: &[Goal], tool: &'static str, results: &Results) -> String {
    let mut text = format!("| goal, {whose} | at most | measured | |\n| --- | ---: | ---: | --- |\n");
    let median = |(scene, tool)| results.median(scene, tool).unwrap_or(f64::NAN);
    for Goal { what, this, that, limit } in goals {
        let ratio = median(*this) / median(*that);
        let _ = writeln!(text, "| {what} | {limit:.2} | {ratio:.2} | {} |", verdict(ratio <= *limit));
    }
    let idle = median((IDLE, tool));
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
