//! Several locks: all or none, in one order, each file once.

use std::fs;

use crate::support::{HOLD, Place, Running, is_free, until, waits};

#[test]
fn all_are_held_while_the_command_runs() {
    let place = Place::new();
    let script = "for lock in a.lock b.lock c.lock; do flock -n $lock true && echo free; done; :";
    place.fasten("exclusive c.lock a.lock b.lock -c").arg(script).stdout("").run();
}

#[test]
fn none_is_kept_when_one_is_refused() {
    let place = Place::new();
    place.write("b.lock", "");
    let script =
        "\"$FASTEN\" exclusive -nq b.lock a.lock -- touch ran; [ $? = 75 ] && flock -n b.lock echo free";
    place.fasten("exclusive a.lock -c").arg(script).stdout("free\n").run();
    assert!(!place.path("ran").exists());
}

#[test]
fn one_file_under_several_names_is_one_lock() {
    let place = Place::new();
    fs::hard_link(&place.lock, place.path("hard")).unwrap();
    std::os::unix::fs::symlink("a.lock", place.path("soft")).unwrap();
    for subcommand in ["exclusive", "write", "read"] {
        place.fasten(subcommand).words("-n a.lock a.lock hard soft -- true").run();
    }
}

#[test]
fn the_same_locks_in_different_orders_do_not_deadlock() {
    let place = Place::new();
    let rounds =
        "i=0; while [ $i -lt 100 ]; do \"$FASTEN\" exclusive $1 $2 $3 -- true || exit; i=$((i+1)); done";
    let start = |order: [&str; 3]| place.sh(rounds).arg("sh").args(order).start();
    let runs =
        [["a.lock", "b.lock", "c.lock"], ["c.lock", "b.lock", "a.lock"], ["b.lock", "c.lock", "a.lock"]];
    runs.map(start).into_iter().for_each(Running::leave);
}

#[test]
fn one_deadline_serves_the_whole_call() {
    let place = Place::new();
    let hold = |name: &str| {
        let mut holder = place.fasten("exclusive").arg(name).args(["--", "sh", "-c", HOLD]).start();
        holder.line();
        Some(holder)
    };
    let mut holders = [hold("a.lock"), hold("b.lock")];
    let waiter = place.fasten("exclusive -q -w 5 a.lock b.lock -- true").start();
    let started = std::time::Instant::now();
    until("it waits for one", || waits(waiter.pid, &place.lock) || waits(waiter.pid, &place.path("b.lock")));
    let first = usize::from(!waits(waiter.pid, &place.lock));
    holders[first].take().unwrap().leave();
    waiter.ends(75);
    assert!(started.elapsed().as_millis() < 9_900, "one deadline, not one for each lock");
    holders[1 - first].take().unwrap().leave();
    assert!(place.is_free() && is_free(&place.path("b.lock")));
}
