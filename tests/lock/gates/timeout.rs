//! `-w`: one deadline for all the places where one call waits.

use std::thread;
use std::time::{Duration, Instant};

use crate::support::gate_file::{PASSAGE, QUEUE};
use crate::support::joiner::joiner;
use crate::support::ordered::{At, Lock};
use crate::support::until;

#[test]
fn a_reader_behind_a_waiting_writer_behind_a_reader_gives_up_in_time() {
    let lock = Lock::new();
    let reader = lock.held("read");
    let writer = lock.waiting("write", At::Main);
    let before = lock.table();
    let asked = Instant::now();
    let late = lock.start("read -w 4s", &["true"]);
    lock.until_waits(late.pid, At::Passage);
    assert_eq!(late.finish().status.code(), Some(75));
    assert!(asked.elapsed() >= Duration::from_secs(4));
    assert_eq!(lock.table(), before);
    reader.leave();
    writer.leave();
}

#[test]
fn the_time_at_one_gate_is_gone_at_the_next() {
    let limit = Duration::from_secs(4);
    for (how, first, byte) in [("write", At::Queue, QUEUE), ("read", At::Passage, PASSAGE)] {
        let lock = Lock::new();
        let holder = lock.held("exclusive");
        let writer = joiner(&lock.path, "ex", byte, 1);
        let asked = Instant::now();
        let late = lock.start(&format!("{how} -w {}s", limit.as_secs()), &["true"]);
        lock.until_waits(late.pid, first);
        thread::sleep((limit / 2).saturating_sub(asked.elapsed()));
        writer.kill();
        lock.until_waits(late.pid, At::Main);
        assert_eq!(late.finish().status.code(), Some(75), "{how}");
        let waited = asked.elapsed();
        assert!(waited >= limit && waited < limit + limit / 2, "{how}: {waited:?}");
        holder.leave();
    }
}

#[test]
fn what_comes_free_in_time_is_had() {
    let lock = Lock::new();
    for how in ["read -w 1h", "write -w 1h", "write -w 1h --prefer writer", "exclusive -w 1h"] {
        let holder = lock.held("exclusive");
        let mut late = lock.waiting(how, At::Main);
        holder.leave();
        late.line();
        late.leave();
    }
    until("nobody is left", || lock.table().is_empty());
}
