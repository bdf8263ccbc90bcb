//! Circles: each holds what the next one waits for.

use crate::shell::{Ended, Shell};
use crate::support::Place;

/// Shells that hold one lock each, in the order of their starts.
fn holders(place: &Place, locks: &[&str], how: &str) -> Vec<Shell> {
    let held = |lock: &&str| {
        let mut shell = place.shell();
        shell.ends(&format!("exec 9>>{lock}; fasten {how} --fd 9"), 0);
        shell
    };
    locks.iter().map(held).collect()
}

fn assert_refused(ended: &Ended, holds: &[&str]) {
    assert_eq!(ended.code, 75, "{ended:?}");
    assert!(ended.said.contains(": deadlock: "), "{ended:?}");
    let order: Vec<usize> =
        holds.iter().map(|lock| ended.said.find(&format!("/{lock} and waits for")).unwrap()).collect();
    assert!(order.is_sorted(), "{ended:?}");
}

#[test]
fn the_second_of_two_who_close_a_circle_is_refused_and_told() {
    let place = Place::with(&["x", "y"]);
    let mut shells = holders(&place, &["x", "y"], "exclusive");
    shells[0].begins("fasten exclusive y -- echo A");
    place.until_waiting("y", 1);
    let refused = shells[1].does("fasten exclusive x -- echo B");
    assert_refused(&refused, &["y", "x"]);
    shells[1].ends("fasten unlock --fd 9", 0);
    assert_eq!(shells[0].ended().said, "A\n", "the other one goes on");
}

#[test]
fn a_circle_is_refused_also_to_one_that_is_to_wait_for_its_ancestors() {
    let place = Place::with(&["x", "y"]);
    let mut shells = holders(&place, &["x", "y"], "exclusive");
    shells[0].begins("fasten exclusive --nested wait y -- echo A");
    place.until_waiting("y", 1);
    let refused = shells[1].does("fasten exclusive --nested wait x -- echo B");
    assert_refused(&refused, &["y", "x"]);
    shells[1].ends("fasten unlock --fd 9", 0);
    assert_eq!(shells[0].ended().said, "A\n");
}

#[test]
fn the_third_of_three_is_refused_and_told_the_whole_circle() {
    let place = Place::with(&["x", "y", "z"]);
    let mut shells = holders(&place, &["x", "y", "z"], "write");
    shells[0].begins("fasten write y -- echo A");
    place.until_waiting("y", 1);
    shells[1].begins("fasten read -w 1h z -- echo B");
    place.until_waiting("z", 1);
    let refused = shells[2].does("fasten exclusive x -- echo C");
    assert_refused(&refused, &["z", "x", "y"]);
    shells[2].ends("fasten unlock --fd 9", 0);
    assert_eq!(shells[1].ended().said, "B\n");
    shells[1].ends("fasten unlock --fd 9", 0);
    assert_eq!(shells[0].ended().said, "A\n");
}

#[test]
fn a_circle_that_both_close_at_once_refuses_one_of_them() {
    for _ in 0..5 {
        let place = Place::with(&["x", "y"]);
        let mut shells = holders(&place, &["x", "y"], "exclusive");
        for (shell, wanted) in shells.iter_mut().zip(["y", "x"]) {
            let line =
                format!("fasten write -q {wanted} -- true; code=$?; fasten unlock --fd 9; (exit $code)");
            shell.begins(&line);
        }
        let mut codes: Vec<i32> = shells.iter_mut().map(|shell| shell.ended().code).collect();
        codes.sort_unstable();
        assert_eq!(codes, [0, 75]);
    }
}

#[test]
fn readers_under_readers_with_writers_between_them_make_a_circle() {
    let place = Place::with(&["a", "b"]);
    let mut readers = holders(&place, &["a", "b"], "read");
    let mut writers = [place.shell(), place.shell()];
    for (writer, lock) in writers.iter_mut().zip(["a", "b"]) {
        writer.begins(&format!("fasten write {lock} -- true"));
        place.until_waiting(lock, 1);
    }
    readers[0].begins("fasten read b -- echo A");
    place.until_waiting("b", 2);
    let refused = readers[1].does("fasten read a -- echo B");
    assert_refused(&refused, &["b", "a"]);
    readers[1].ends("fasten unlock --fd 9", 0);
    assert_eq!(readers[0].ended().said, "A\n");
    readers[0].ends("fasten unlock --fd 9", 0);
    assert!(writers.iter_mut().all(|writer| writer.ended().code == 0));
}

#[test]
fn a_circle_with_a_program_that_does_not_look_is_found_too() {
    let place = Place::with(&["x", "y"]);
    let mut shells = holders(&place, &["x", "y"], "exclusive");
    shells[0].begins("fasten exclusive y -- echo A");
    place.until_waiting("y", 1);
    shells[1].begins("flock x echo B");
    let refused = shells[0].ended();
    assert_refused(&refused, &["x", "y"]);
    shells[0].ends("fasten unlock --fd 9", 0);
    assert_eq!(shells[1].ended().said, "B\n");
}
