//! What `status` and refusals say of slots.

use crate::slot_users::{SAY, first_waiter, holder, later_waiter};
use crate::support::ordered::Lock;
use crate::support::{complaint, report, until};

#[test]
fn the_table_shows_who_holds_which_and_how_many_are_taken() {
    let lock = Lock::new();
    let (two, _) = holder(&lock, "slot -j 3 --take 2");
    let (one, _) = holder(&lock, "slot -j 3");
    let first = first_waiter(&lock, "slot -j 3", 3);
    let second = later_waiter(&lock, "slot -j 3");
    let shown = report(&lock.place.fasten("status lock").code(75).output());
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[0], "lock: slots, 3 of 3 taken");
    let is = |line: &str, role: &str, pid: u32, kind: &str| {
        line.contains(&format!("{role} ")) && line.contains(&format!(" {pid} ")) && line.contains(kind)
    };
    assert!(
        is(lines[1], "holds", two.pid, " slot 0,1 ") && is(lines[2], "holds", one.pid, " slot 2 "),
        "{shown}"
    );
    assert!(is(lines[3], "waits 1", first.pid, " slot "), "{shown}");
    assert!(is(lines[4], "waits 2", second.pid, " slot "), "{shown}");
    assert_eq!(lines.len(), 5, "{shown}");
    two.leave();
    one.leave();
    first.leave();
    second.leave();
    lock.place.fasten("status lock").stdout("lock: free\n").run();
}

#[test]
fn json_has_the_slots() {
    let lock = Lock::new();
    let (two, _) = holder(&lock, "slot -j 4 --take 2");
    let reader = lock.held("read");
    let shown = report(&lock.place.fasten("status --json lock").code(75).output());
    for part in [
        r#""state":"slots","#,
        r#","slots":{"count":4,"taken":2}}"#,
        r#","slot":0,"slots":[0,1]}"#,
        r#","slot":null,"slots":[]}"#,
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    two.leave();
    reader.leave();
}

#[test]
fn a_lock_that_only_waits_for_a_writer_shows_the_writer() {
    let lock = Lock::new();
    let writer = lock.held("write");
    let waiter = lock.start("slot -j 2", &["sh", "-c", SAY]);
    lock.until_waits(waiter.pid, super::support::ordered::At::Main);
    let shown = report(&lock.place.fasten("status lock").code(75).output());
    assert!(shown.starts_with("lock: write\n  holds "), "{shown}");
    assert!(shown.contains("waits 1") && shown.contains(" slot "), "{shown}");
    writer.leave();
    waiter.leave();
}

#[test]
fn a_refusal_says_how_many_are_taken_and_names_a_holder() {
    let lock = Lock::new();
    let (two, _) = holder(&lock, "slot -j 2 --take 2");
    // Where that takes too long, the refusal names nobody.
    until("the refusal says it", || {
        let said = complaint(&lock.place.fasten("slot -n -j 2 lock -- true").code(75).output());
        said.contains("lock: 2 of 2 slots taken, held by ") && said.contains(&format!("(pid {}", two.pid))
    });
    two.leave();
}
