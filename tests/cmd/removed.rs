//! The lock file is removed while its lock is held: the next one that creates it waits for the holder.

use std::fs;
use std::process::Output;

use crate::support::{Place, Running, complaint, refused_by_name, report, until};

fn run(place: &Place, words: &str) -> Output {
    place.fasten(words).words("a.lock -- true").output()
}

/// A lock that is held, in this way, on a file that is gone.
fn held_and_removed(place: &Place, how: &str) -> Running {
    let holder = place.hold(how);
    fs::remove_file(&place.lock).unwrap();
    holder
}

#[test]
fn a_refusal_names_the_holder_and_says_that_its_file_was_removed() {
    for family in ["", " --fcntl"] {
        let place = Place::new();
        let holder = place.fasten(&format!("exclusive{family} a.lock -- sleep 1000")).start();
        until("it is held", || run(&place, &format!("exclusive -nq{family}")).status.code() == Some(75));
        fs::remove_file(&place.lock).unwrap();
        for how in ["exclusive", "read", "write"] {
            let refused = refused_by_name(|| run(&place, &format!("{how} -n{family}")));
            assert_eq!(refused.status.code(), Some(75), "{how}");
            let said = complaint(&refused);
            assert!(said.starts_with("fasten: a.lock: held by sleep 1000 (pid "), "{how}: {said}");
            assert!(said.contains(" (its file was removed); "), "{how}: {said}");
            assert!(!place.lock.exists());
        }
        let status = place.fasten("status a.lock").code(75).run();
        assert!(report(&status).contains("sleep 1000"), "{status:?}");
        holder.signal("TERM");
        holder.finish();
        assert_eq!(run(&place, &format!("exclusive -n{family}")).status.code(), Some(0));
    }
}

#[test]
fn one_that_waits_gets_the_lock_when_the_holder_leaves() {
    let place = Place::new();
    let holder = held_and_removed(&place, "exclusive");
    let waiters = ["exclusive", "read", "write"].map(|how| place.fasten(how).words("a.lock -- true").start());
    let sleeps = |pid: u32| {
        fs::read_to_string("/proc/locks")
            .unwrap()
            .lines()
            .any(|line| line.contains("-> ") && line.contains(&format!(" {pid} ")))
    };
    until("they wait", || waiters.iter().all(|waiter| sleeps(waiter.pid)));
    assert!(!place.lock.exists());
    holder.leave();
    waiters.into_iter().for_each(Running::leave);
    assert!(place.lock.exists());
}

#[test]
fn readers_are_not_in_each_others_way() {
    let place = Place::new();
    let holder = held_and_removed(&place, "read");
    assert_eq!(run(&place, "write -nq").status.code(), Some(75));
    assert_eq!(run(&place, "read -n").status.code(), Some(0));
    holder.leave();
}

#[test]
fn a_command_whose_wrapper_was_killed_is_waited_for_too() {
    let place = Place::new();
    let mut holder = place.hold("exclusive");
    let input = holder.take_input();
    holder.kill();
    fs::remove_file(&place.lock).unwrap();
    assert_eq!(run(&place, "exclusive -nq").status.code(), Some(75));
    drop(input);
    until("it is free", || run(&place, "exclusive -nq").status.success());
}

#[test]
fn a_file_of_another_name_or_directory_is_not_taken_for_it() {
    let (place, other) = (Place::new(), Place::new());
    let holder = held_and_removed(&other, "exclusive");
    fs::rename(&place.lock, place.path("moved")).unwrap();
    let moved = place.program("flock").words("-F moved sleep 1000").start();
    assert_eq!(run(&place, "exclusive -n").status.code(), Some(0));
    moved.signal("TERM");
    moved.finish();
    holder.leave();
}

#[test]
fn one_that_has_removed_its_own_lock_does_not_wait_for_itself() {
    let place = Place::new();
    for (how, code) in [("", 75), ("--nested join", 0), ("--nested wait", 0)] {
        let inner = format!("rm -f a.lock; \"$FASTEN\" exclusive -q {how} a.lock -- true");
        place.fasten("exclusive a.lock -c").arg(&inner).code(code).run();
    }
}
