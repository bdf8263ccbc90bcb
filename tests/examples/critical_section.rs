//! critical-section.sh: no number is drawn twice.

use super::stage::{STAYS, kill_script, said, stage};
use crate::support::until;

const DRAW: [&str; 5] = ["critical-section.sh", ".", "sh", "-c", "echo $NUMBER"];

#[test]
fn many_at_once_draw_different_numbers() {
    let place = stage();
    assert_eq!(place.numbers_of(20, &DRAW), (1..=20).collect());
    assert_eq!(place.text("number"), "20\n");
}

#[test]
fn the_command_runs_outside_and_does_not_inherit_the_descriptor() {
    let place = stage();
    let mut first = place.start(&[
        "critical-section.sh",
        ".",
        "sh",
        "-c",
        "test ! -e /dev/fd/9 && echo $NUMBER; read -r line; true",
    ]);
    assert_eq!(first.line(), "1");
    assert!(place.nobody_has("number.lock"));
    assert_eq!(said(&place.run(&DRAW)).0, "2\n");
    first.leave();
}

#[test]
fn killed_in_the_middle_it_leaves_a_whole_number_and_no_lock() {
    let place = stage();
    place.run(&DRAW);
    place.replace("mv", &format!("{STAYS}; exec REAL \"$@\""));
    let mut first = place.start(&DRAW);
    until("it is in the middle", || place.path("log").exists());
    place.restore("mv");
    let second = place.start(&DRAW);
    place.until_waiting("number.lock", 1);
    kill_script(&first, first.pid);
    assert_eq!(place.waiting("number.lock"), 1, "mv has the lock still");
    assert_eq!(place.text("number"), "1\n");
    first.tell("");
    assert_eq!(said(&second.finish()).0, "3\n", "mv was done before the next one drew");
}
