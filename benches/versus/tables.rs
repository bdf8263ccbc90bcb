//! The results as Markdown: all of them, and a summary.

use std::fmt::Write;

use crate::arrival::ARRIVED;
use crate::drain::DRAINED;
use crate::handover::HANDED_OVER;
use crate::idle::IDLE;
use crate::memory::{HOLDER, WAITER};
use crate::results::{Results, Row};
use crate::runs::{IN_PLACE, REFUSED, SHELL, UNCONTENDED};
use crate::stages::{FAULTS, STAGES};
use crate::tools::{BUILT, BUILT_NAMING, FLOCK, NAMING, RAW_FLOOR, SHIPPED};

/// The measurements of the summary.
const SUMMARY: [(&str, &str); 11] = [
    ("a command on a free lock", UNCONTENDED),
    ("the same with `-F`, in place", IN_PLACE),
    ("a command string (`-c`)", SHELL),
    ("refused (`-n -q`)", REFUSED),
    (NAMED, REFUSED),
    ("handed over to a waiter", HANDED_OVER),
    ("1,000 waiters arrive", ARRIVED),
    ("1,000 waiters, one after the other", DRAINED[2]),
    ("peak memory of a waiter", WAITER),
    ("peak memory of a holder", HOLDER),
    ("processor time of a waiter in 10 s", IDLE),
];
const NAMED: &str = "refused, and the holder named (`-n`)";

pub fn summary(results: &Results) -> String {
    let mut text =
        "| | as shipped | as built | flock(1) | shipped / flock(1) | shipped / floor |\n".to_owned();
    text += "| --- | ---: | ---: | ---: | ---: | ---: |\n";
    for (what, scene) in SUMMARY {
        let (shipped, built) = if what == NAMED { (NAMING, BUILT_NAMING) } else { (SHIPPED, BUILT) };
        let shown = |tool| results.of(scene).find(|row| row.tool == tool).map(median).unwrap_or_default();
        let against = |other| ratio(results.ratio(scene, shipped, other));
        let (ours, theirs) = (format!("{} | {}", shown(shipped), shown(built)), shown(FLOCK));
        let _ =
            writeln!(text, "| {what} | {ours} | {theirs} | {} | {} |", against(FLOCK), against(RAW_FLOOR));
    }
    text
}

/// One table for each measurement.
pub fn all(results: &Results) -> String {
    let mut scenes = vec![STAGES, FAULTS];
    let mut text = String::new();
    for row in &results.rows {
        if !scenes.contains(&row.scene) {
            scenes.push(row.scene);
            text += &one(results, row.scene);
        }
    }
    text
}

fn one(results: &Results, scene: &str) -> String {
    let mut text = format!("### {}{}\n\n", scene[..1].to_uppercase(), &scene[1..]);
    text += "| | median | middle half | runs | of flock(1) | of the floor |\n";
    text += "| --- | ---: | ---: | ---: | ---: | ---: |\n";
    for row in results.of(scene) {
        let (low, high) = row.series.quartiles();
        let spread = format!("{} to {}", number(low), number(high));
        let against = |other| ratio(results.ratio(scene, &row.tool, other));
        let (name, runs) = (&row.tool, row.series.len());
        let (flock, floor) = (against(FLOCK), against(RAW_FLOOR));
        let _ = writeln!(text, "| {name} | {} | {spread} | {runs} | {flock} | {floor} |", median(row));
    }
    text + "\n"
}

/// What each step takes more than the one before it.
pub fn stages(results: &Results) -> String {
    let mut text = "| up to and with | until then | this step | page faults |\n".to_owned();
    text += "| --- | ---: | ---: | ---: |\n";
    let (mut time_before, mut faults_before) = (0.0, 0.0);
    for (time, faults) in results.of(STAGES).zip(results.of(FAULTS)) {
        let (time_now, faults_now) = (time.series.median(), faults.series.median());
        let (step, more) = (time_now - time_before, faults_now - faults_before);
        let _ = writeln!(text, "| {} | {time_now:.0} us | {step:.0} us | {more:.0} |", time.tool);
        (time_before, faults_before) = (time_now, faults_now);
    }
    text
}

fn median(row: &Row) -> String {
    format!("{} {}", number(row.series.median()), row.unit)
}

fn number(value: f64) -> String {
    if value != 0.0 && value.abs() < 10.0 { format!("{value:.1}") } else { format!("{value:.0}") }
}

fn ratio(ratio: Option<f64>) -> String {
    ratio.filter(|ratio| ratio.is_finite()).map(|ratio| format!("{ratio:.2}")).unwrap_or_default()
}
