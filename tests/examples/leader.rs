//! leader.sh: one leads, and the next one when it is gone.

use std::os::unix::process::ExitStatusExt;

use super::stage::{STAYS, kill_script, stage};
use crate::support::{Place, Running, until};

fn candidate(place: &Place) -> Running {
    place.start(&["leader.sh", "lock", "sh", "-c", STAYS])
}

/// The one that leads, the pid of its script, and one that waits.
fn leader_and_follower(place: &Place) -> (Running, u32, Running) {
    let mut leader = candidate(place);
    let script = leader.line().parse().unwrap();
    let follower = candidate(place);
    place.until_waiting("lock", 1);
    (leader, script, follower)
}

/// Nobody has begun a step before another one's was at its end.
fn one_led_at_a_time(place: &Place) {
    let log = place.text("log");
    let steps = log.lines().count() / 2;
    assert_eq!(log.trim_end(), "in\nout\n".repeat(steps).trim_end());
}

fn ends_well(candidate: Running) {
    candidate.signal("TERM");
    candidate.leave();
}

#[test]
fn sigterm_makes_the_leader_finish_its_step_and_the_next_one_leads() {
    let place = stage();
    let (leader, _, mut follower) = leader_and_follower(&place);
    leader.signal("TERM");
    assert_eq!((place.text("log").as_str(), place.waiting("lock")), ("in\n", 1), "the step is not cut off");
    leader.leave();
    follower.line();
    ends_well(follower);
    one_led_at_a_time(&place);
    assert!(place.nobody_has("lock"));
}

#[test]
fn sigterm_ends_one_who_waits_at_once_and_the_leader_goes_on() {
    let place = stage();
    let (mut leader, _, follower) = leader_and_follower(&place);
    follower.signal("TERM");
    assert_eq!(follower.finish().status.signal(), Some(libc::SIGTERM));
    assert_eq!(place.waiting("lock"), 0);
    leader.tell("");
    leader.line();
    ends_well(leader);
    one_led_at_a_time(&place);
}

#[test]
fn nobody_leads_before_the_step_of_a_killed_leader_has_ended() {
    let place = stage();
    let (mut leader, script, mut follower) = leader_and_follower(&place);
    kill_script(&leader, script);
    assert_eq!((place.text("log").as_str(), place.waiting("lock")), ("in\n", 1));
    leader.tell("");
    follower.line();
    assert_eq!(place.text("log"), "in\nout\nin\n");
    ends_well(follower);
}

#[test]
fn a_step_that_fails_ends_the_leader_and_the_next_one_leads() {
    let place = stage();
    let failing = place.start(&["leader.sh", "lock", "sh", "-c", "echo in; read -r line; exit 3"]);
    until("it leads", || place.path("lock").exists() && !place.nobody_has("lock"));
    let mut follower = candidate(&place);
    place.until_waiting("lock", 1);
    assert_eq!(failing.finish().status.code(), Some(3));
    follower.line();
    ends_well(follower);
}
