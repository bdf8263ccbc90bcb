//! The goals, and whether each is met.

use std::fmt::Write;

use crate::drain::DRAINED;
use crate::idle::IDLE;
use crate::memory::{HOLDER, WAITER};
use crate::results::Results;
use crate::runs::{IN_PLACE, REFUSED, SHELL, UNCONTENDED};
use crate::tools::{FASTEN, FLOCK, FLOOR, NAMING};

/// A number of the one against that of the other, and what it may be at most.
struct Goal {
    what: &'static str,
    this: (&'static str, &'static str),
    that: (&'static str, &'static str),
    limit: f64,
}

const GOALS: [Goal; 10] = [
    goal("uncontended, against flock(1)", UNCONTENDED, FASTEN, FLOCK, 0.85),
    goal("uncontended, against the floor", UNCONTENDED, FASTEN, FLOOR, 1.20),
    goal("`-F` against `flock -F`", IN_PLACE, FASTEN, FLOCK, 0.85),
    goal("`-c` against `flock -c`", SHELL, FASTEN, FLOCK, 0.70),
    goal("refused (`-n -q`), against `flock -n`", REFUSED, FASTEN, FLOCK, 0.85),
    goal("refused, and the holder named, against `flock -n`", REFUSED, NAMING, FLOCK, 1.5),
    goal("1,000 waiters drained, against flock(1)", DRAINED[2], FASTEN, FLOCK, 1.0),
    Goal {
        what: "1,000 waiters drained, against 100",
        this: (DRAINED[2], FASTEN),
        that: (DRAINED[1], FASTEN),
        limit: 12.0,
    },
    goal("peak memory of a waiter, against flock(1)", WAITER, FASTEN, FLOCK, 1.0),
    goal("peak memory of a holder, against flock(1)", HOLDER, FASTEN, FLOCK, 1.0),
];

const fn goal(
    what: &'static str,
    scene: &'static str,
    this: &'static str,
    that: &'static str,
    limit: f64,
) -> Goal {
    Goal { what, this: (scene, this), that: (scene, that), limit }
}

pub fn markdown(results: &Results) -> String {
    let mut text = "| goal | at most | measured | |\n| --- | ---: | ---: | --- |\n".to_owned();
    let median = |(scene, tool)| results.median(scene, tool).unwrap_or(f64::NAN);
    for Goal { what, this, that, limit } in &GOALS {
        let ratio = median(*this) / median(*that);
        let _ = writeln!(text, "| {what} | {limit:.2} | {ratio:.2} | {} |", verdict(ratio <= *limit));
    }
    let idle = median((IDLE, FASTEN));
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
