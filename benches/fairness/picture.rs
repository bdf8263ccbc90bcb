//! The waits as a picture: a dot for each wait, and a row for each way to lock.

use std::ops::Range;

use crate::measure::{AT_ONCE, HOLD, LIMIT, Outcome, Scene};
use crate::scale::{TICKS, place};
use crate::svg::Svg;
use crate::table::{time, title};

const WIDTH: f64 = 850.0;
const AXIS: Range<f64> = 180.0..620.0;
const ROW: f64 = 30.0;
const HEAD: f64 = 40.0;
const SCENE: f64 = HEAD + 4.0 * ROW + 44.0;

pub fn draw(results: &[(&Scene, Vec<Outcome>)]) -> String {
    let scenes = f64::from(u32::try_from(results.len()).unwrap_or(0));
    let mut svg =
        Svg::new(WIDTH, scenes * SCENE, "How long a writer waits among readers, and a reader among writers");
    let mut top = 0.0;
    for (scene, outcomes) in results {
        one(&mut svg, scene, outcomes, top);
        top += SCENE;
    }
    svg.end()
}

fn one(svg: &mut Svg, scene: &Scene, outcomes: &[Outcome], top: f64) {
    let Scene { stream, comer, .. } = scene;
    let hold = HOLD.as_millis();
    let heading = format!("How long a {comer} waits among {AT_ONCE} {stream}s in a loop, {hold} ms each");
    svg.text("title", 12.0, top + 22.0, &heading);
    let bottom = top + HEAD + 4.0 * ROW;
    for (milliseconds, name) in TICKS {
        let x = place(std::time::Duration::from_millis(milliseconds), &AXIS);
        svg.upright("grid", x, top + HEAD, bottom);
        svg.text("faint middle", x, bottom + 16.0, name);
    }
    let axis = "wait, logarithmic; a bar is the median";
    svg.text("faint middle", f64::midpoint(AXIS.start, AXIS.end), bottom + 32.0, axis);
    let mut middle = top + HEAD + ROW / 2.0;
    for outcome in outcomes {
        row(svg, outcome, middle);
        middle += ROW;
    }
}

fn row(svg: &mut Svg, outcome: &Outcome, middle: f64) {
    svg.text("end", AXIS.start - 14.0, middle + 4.0, &title(outcome.name));
    let starved = outcome.longest() >= LIMIT / 8;
    svg.group(if starved { "bad" } else { "good" }, |svg| {
        outcome.waits.iter().for_each(|wait| svg.dot(place(*wait, &AXIS), middle));
        svg.upright("median", place(outcome.median(), &AXIS), middle - 10.0, middle + 10.0);
    });
    let label = if outcome.median() >= LIMIT {
        format!("gave up after {} s", LIMIT.as_secs())
    } else {
        format!("median {}, longest {}", time(outcome.median()), time(outcome.longest()))
    };
    svg.text("faint", AXIS.end + 14.0, middle + 4.0, &label);
}
