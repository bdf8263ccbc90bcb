//! A waiter that is killed leaves the others as if it had never been, wherever
//! it stood.

use crate::support::gate_file::{PASSAGE, gate_file};
use crate::support::joiner::joiner;
use crate::support::ordered::{At, Lock};
use crate::support::{Running, until};

#[test]
fn a_writer_killed_at_the_queue_leaves_nothing() {
    killed(&[("read", None), ("write", Some(At::Main))], "write", At::Queue);
    killed(&[("write", None), ("write", Some(At::Main))], "write --prefer writer", At::Queue);
}

#[test]
fn a_writer_killed_at_the_passage_leaves_nothing() {
    let lock = Lock::new();
    let passing = joiner(&lock.path, "sh", PASSAGE, 1);
    let before = lock.table();
    lock.waiting("write", At::Passage).kill();
    until("the table is as before", || lock.table() == before);
    passing.leave();
    assert_eq!(lock.code("write -n"), Some(0));
}

#[test]
fn a_writer_killed_while_it_asks_with_the_readers_leaves_nothing() {
    killed(&[("exclusive", None), ("read", Some(At::Main))], "write", At::Main);
}

#[test]
fn a_writer_killed_at_its_intent_leaves_nothing() {
    killed(&[("exclusive", None), ("read", Some(At::Main))], "write --prefer writer", At::Intent);
}

#[test]
fn a_writer_killed_at_the_main_lock_leaves_nothing() {
    for how in ["write", "write --prefer writer", "write --prefer reader", "exclusive"] {
        killed(&[("read", None)], how, At::Main);
    }
}

#[test]
fn a_reader_killed_at_the_gates_leaves_nothing() {
    killed(&[("read", None), ("write", Some(At::Main))], "read", At::Passage);
    killed(&[("read", None), ("write --prefer writer", Some(At::Main))], "read", At::Passage);
}

#[test]
fn a_reader_killed_at_the_main_lock_leaves_nothing() {
    killed(&[("write", None)], "read", At::Main);
    killed(&[("exclusive", None), ("read", Some(At::Main))], "read", At::Main);
}

#[test]
fn who_waited_for_a_killed_writer_goes_on() {
    let lock = Lock::new();
    let holder = lock.held("read");
    let killed = lock.waiting("write", At::Main);
    let reader = lock.start("read", &["true"]);
    lock.until_waits(reader.pid, At::Passage);
    let writer = lock.start("write", &["true"]);
    lock.until_waits(writer.pid, At::Queue);
    killed.kill();
    holder.leave();
    reader.leave();
    writer.leave();
}

#[test]
fn who_waited_for_a_killed_reader_goes_on() {
    let lock = Lock::new();
    let reader = joiner(&lock.path, "sh", PASSAGE, 1);
    let mut writer = lock.waiting("write", At::Passage);
    reader.kill();
    writer.line();
    writer.leave();
}

/// These have come before; the victim comes, stands there, and is killed. Then
/// the table is as it was, those before get in one after the other, and the lock
/// is free in the end.
fn killed(before: &[(&str, Option<At>)], victim: &str, place: At) {
    let lock = Lock::new();
    let come = |&(how, place): &(&str, Option<At>)| match place {
        None => lock.held(how),
        Some(place) => lock.waiting(how, place),
    };
    let others: Vec<Running> = before.iter().map(come).collect();
    let table = lock.table();
    let victim = lock.waiting(victim, place);
    victim.kill();
    until("the table is as before", || lock.table() == table);
    others.into_iter().for_each(Running::leave);
    assert_eq!(lock.table(), []);
    assert_eq!(lock.code("write -n"), Some(0));
    assert!(!gate_file(&lock.path).exists());
}
