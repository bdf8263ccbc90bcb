//! From a wait to its position in the picture. The scale is logarithmic: a starved process waits a
//! thousand times as long as the others.

use std::ops::Range;
use std::time::Duration;

const SHORTEST: f64 = 1.0;
const LONGEST: f64 = 10_000.0;

/// The waits that have a line and a name.
pub const TICKS: [(u64, &str); 5] =
    [(1, "1 ms"), (10, "10 ms"), (100, "100 ms"), (1_000, "1 s"), (10_000, "10 s")];

/// Where on the axis, which lies between these two places.
pub fn place(wait: Duration, axis: &Range<f64>) -> f64 {
    let milliseconds = (wait.as_secs_f64() * 1000.0).clamp(SHORTEST, LONGEST);
    let part = (milliseconds / SHORTEST).log10() / (LONGEST / SHORTEST).log10();
    axis.start + part * (axis.end - axis.start)
}
