//! The medians as bars, with a line over the middle half of the runs; a panel for each measurement.

use crate::drain::DRAINED;
use crate::results::{Results, Row};
use crate::runs::{IN_PLACE, REFUSED, SHELL, UNCONTENDED};
use crate::svg::Svg;
use crate::tools::FLOCK;

const PANELS: [(&str, &str); 5] = [
    (UNCONTENDED, "A command on a free lock"),
    (IN_PLACE, "The command in place of the tool"),
    (SHELL, "A command string (-c)"),
    (REFUSED, "Refused, because the lock is held (-n)"),
    (DRAINED[2], "1,000 waiters, one after the other"),
];

const WIDTH: f64 = 850.0;
const LEFT: f64 = 200.0;
const LONGEST: f64 = 380.0;
const ROW: f64 = 24.0;
const HEAD: f64 = 36.0;
/// A tool that takes this many times as long as flock(1) would leave no room for the others.
const TOO_LONG: f64 = 4.0;

pub fn draw(results: &Results) -> String {
    let panels: Vec<_> = PANELS.iter().map(|(scene, title)| (title, rows(results, scene))).collect();
    let height: f64 = panels.iter().map(|(_, rows)| HEAD + ROW * count(rows) + 12.0).sum();
    let mut svg = Svg::new(WIDTH, height, "fasten beside other tools");
    let mut top = 0.0;
    for (title, rows) in panels {
        svg.text("title", 12.0, top + 22.0, title);
        let longest = rows.iter().map(|row| row.series.quartiles().1).fold(0.0, f64::max);
        let flock = rows.iter().find(|row| row.tool == FLOCK).map_or(f64::NAN, |row| row.series.median());
        top += HEAD;
        for row in &rows {
            bar(&mut svg, row, top, longest, flock);
            top += ROW;
        }
        top += 12.0;
    }
    svg.end()
}

fn rows<'a>(results: &'a Results, scene: &'a str) -> Vec<&'a Row> {
    let limit = results.median(scene, FLOCK).unwrap_or(f64::INFINITY) * TOO_LONG;
    results.of(scene).filter(|row| row.series.median() < limit).collect()
}

fn bar(svg: &mut Svg, row: &Row, top: f64, longest: f64, flock: f64) {
    let place = |value: f64| LEFT + value / longest * LONGEST;
    let (low, high) = row.series.quartiles();
    let (median, middle) = (row.series.median(), top + ROW / 2.0);
    svg.text("end", LEFT - 12.0, middle + 4.0, &row.tool);
    let ours = row.tool.starts_with("fasten");
    svg.group(if ours { "ours" } else { "others" }, |svg| {
        svg.bar(LEFT, top + 4.0, place(median) - LEFT, ROW - 8.0);
        svg.level("spread", place(low), place(high), middle);
    });
    let label = match row.unit {
        "us" => format!("{:.2} ms, {:.2} of flock(1)", median / 1e3, median / flock),
        _ => format!("{:.2} s, {:.2} of flock(1)", median / 1e3, median / flock),
    };
    svg.text("faint", place(high.max(median)) + 12.0, middle + 4.0, &label);
}

fn count(rows: &[&Row]) -> f64 {
    rows.iter().map(|_| 1.0).sum()
}
