//! cache.sh: many read, one refreshes.

use super::stage::{STAYS, kill_script, said, stage};
use crate::support::{HOLD, Place, Running, until};

/// What the cache is made of: it says whose work it is.
const MAKE: &str = "echo run >>runs; echo made by $$";

fn read(place: &Place, make: &str) -> Running {
    place.start(&["cache.sh", ".", "5", "sh", "-c", make])
}

/// A holder of the lock, which stays.
fn holder(place: &Place, subcommand: &str) -> Running {
    let mut holder = place.start(&["fasten", subcommand, "lock", "--", "sh", "-c", HOLD]);
    holder.line();
    holder
}

/// As though it had been made long ago.
fn grows_old(place: &Place) {
    assert!(place.run(&["touch", "-d", "1 hour ago", "list"]).status.success());
}

#[test]
fn many_who_find_it_missing_or_old_make_it_once() {
    let place = stage();
    place.write("lock", "");
    for runs in 1..=3 {
        let gate = holder(&place, "exclusive");
        let readers: Vec<_> = (0..8).map(|_| read(&place, MAKE)).collect();
        place.until_waiting("lock", 8);
        gate.leave();
        let lists = readers.into_iter().map(|reader| {
            let output = reader.finish();
            assert!(output.status.success(), "{output:?}");
            said(&output)
        });
        let lists: Vec<_> = lists.collect();
        assert!(lists[0].0.starts_with("made by "), "{lists:?}");
        assert!(lists.iter().all(|list| *list == lists[0]), "{lists:?}");
        assert_eq!(place.text("runs"), "run\n".repeat(runs));
        grows_old(&place);
    }
}

#[test]
fn a_fresh_one_is_read_beside_other_readers_and_not_made() {
    let place = stage();
    let first = said(&read(&place, MAKE).finish());
    let other = holder(&place, "read");
    assert_eq!(said(&read(&place, MAKE).finish()), first);
    assert_eq!(place.text("runs"), "run\n");
    other.leave();
}

#[test]
fn killed_while_it_makes_one_it_leaves_the_old_list_and_the_next_one_makes_it() {
    let place = stage();
    let old = said(&read(&place, MAKE).finish()).0;
    grows_old(&place);
    let mut first = read(&place, STAYS);
    until("it is being made", || place.path("log").exists());
    let second = read(&place, MAKE);
    place.until_waiting("lock", 1);
    kill_script(&first, first.pid);
    assert_eq!(place.text("list"), old);
    assert_eq!(place.waiting("lock"), 1, "what makes the list is still at work");
    first.tell("");
    let new = said(&second.finish()).0;
    assert!(new.starts_with("made by ") && new != old, "{new}");
    assert_eq!(place.text("runs"), "run\n".repeat(2));
}

#[test]
fn a_refresh_that_was_cut_between_its_two_files_is_made_again() {
    let place = stage();
    read(&place, MAKE).leave();
    place.write("list", "another\n");
    let (list, complaint) = said(&read(&place, MAKE).finish());
    assert!(list.starts_with("made by ") && complaint.is_empty(), "{list}{complaint}");
    assert_eq!(place.text("runs"), "run\n".repeat(2));
}

#[test]
fn a_failed_one_changes_nothing_and_tells_its_code() {
    let place = stage();
    read(&place, MAKE).leave();
    let before = place.text("list");
    grows_old(&place);
    let failed = read(&place, "echo half; exit 3").finish();
    assert_eq!(failed.status.code(), Some(3));
    assert_eq!(said(&failed).0, "");
    assert_eq!(place.text("list"), before);
    assert!(place.nobody_has("lock"));
}
