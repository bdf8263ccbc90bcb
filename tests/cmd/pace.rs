//! When the waiting line is shown, in milliseconds from the beginning of the wait.

#[path = "../../src/cmd/pace.rs"]
mod schedule;

use std::time::Duration;

use self::schedule::Pace;

fn first_four(pace: Pace) -> [u128; 4] {
    [0, 1, 2, 3].map(|before| pace.due(before).as_millis())
}

#[test]
fn a_new_line_comes_after_half_a_second_and_then_every_half_minute() {
    assert_eq!(first_four(Pace::Repeated), [500, 30_500, 60_500, 90_500]);
    let per_week = 7 * 24 * 60 * 2;
    assert_eq!(Pace::Repeated.due(per_week), Duration::from_secs(7 * 24 * 60 * 60) + Pace::Repeated.due(0));
}

#[test]
fn a_line_that_is_redrawn_changes_every_second() {
    assert_eq!(first_four(Pace::Redrawn), [500, 1_500, 2_500, 3_500]);
}
