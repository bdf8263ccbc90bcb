//! The bytes of the gates, as documented: others join by them.

use super::ordered::{At, GATE, INTENT, Lock, QUEUE};
use super::table::{Entry, Family};

#[test]
fn a_fair_writer_has_queue_and_gate_while_it_waits_and_queue_while_it_holds() {
    let lock = Lock::new();
    let reader = lock.held("read");
    let mut writer = lock.waiting("write", At::Main);
    assert_eq!(gates_of(&lock, writer.pid), [(true, QUEUE, QUEUE), (true, GATE, GATE)]);
    reader.leave();
    writer.line();
    assert_eq!(gates_of(&lock, writer.pid), [(true, QUEUE, QUEUE)]);
    writer.leave();
    assert_eq!(lock.table(), []);
}

#[test]
fn a_preferring_writer_has_its_intent_and_queue_from_arrival_until_release() {
    let lock = Lock::new();
    let reader = lock.held("read");
    let mut writer = lock.waiting("write --prefer writer", At::Main);
    let own = INTENT + u64::from(writer.pid);
    let expected = [(true, QUEUE, QUEUE), (true, own, own)];
    assert_eq!(gates_of(&lock, writer.pid), expected);
    reader.leave();
    writer.line();
    assert_eq!(gates_of(&lock, writer.pid), expected);
    writer.leave();
    assert_eq!(lock.table(), []);
}

#[test]
fn a_preferring_writer_that_gets_in_at_once_announces_itself_too() {
    let lock = Lock::new();
    let writer = lock.held("write --prefer writer");
    let own = INTENT + u64::from(writer.pid);
    assert_eq!(gates_of(&lock, writer.pid), [(true, QUEUE, QUEUE), (true, own, own)]);
    writer.leave();
}

#[test]
fn a_reader_shares_gate_and_every_intent_while_it_waits_and_nothing_while_it_holds() {
    let lock = Lock::new();
    let writer = lock.held("write");
    let mut reader = lock.waiting("read", At::Main);
    let last = INTENT + u64::from(i32::MAX.unsigned_abs());
    assert_eq!(gates_of(&lock, reader.pid), [(false, GATE, last)]);
    writer.leave();
    reader.line();
    assert_eq!(gates_of(&lock, reader.pid), []);
    reader.leave();
}

#[test]
fn exclusive_and_a_writer_that_prefers_readers_have_no_gates() {
    let lock = Lock::new();
    for how in ["exclusive", "write --prefer reader"] {
        let reader = lock.held("read");
        let mut writer = lock.waiting(how, At::Main);
        assert_eq!(gates_of(&lock, writer.pid), [], "{how}");
        reader.leave();
        writer.line();
        assert_eq!(gates_of(&lock, writer.pid), [], "{how}");
        writer.leave();
    }
}

/// Whether it is exclusive, its first and its last byte, of every gate it has.
fn gates_of(lock: &Lock, pid: u32) -> Vec<(bool, u64, u64)> {
    let gates = |entry: &Entry| entry.family == Family::Posix && entry.pid == pid && !entry.waits;
    let mut found: Vec<_> = lock.table().into_iter().filter(gates).collect();
    found.sort_by_key(|entry| entry.first);
    found.iter().map(|entry| (entry.writes, entry.first, entry.last)).collect()
}
