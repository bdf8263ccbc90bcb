//! The bytes of the gates, as documented: others join by them.

use crate::support::gate_file::{CONVERSION, FCNTL, INTENT, LANDING, PASSAGE, QUEUE, gate_file};
use crate::support::ordered::{At, Lock};
use crate::support::table::{Entry, Family, lines};
use crate::support::{HOLD, until};

#[test]
fn a_fair_writer_has_queue_and_passage_while_it_waits_for_readers_and_nothing_while_it_holds() {
    let lock = Lock::new();
    let reader = lock.held("read");
    let mut writer = lock.waiting("write", At::Main);
    assert_eq!(gates_of(&lock, writer.pid), [(true, QUEUE, QUEUE), (true, PASSAGE, PASSAGE)]);
    reader.leave();
    writer.line();
    assert_eq!(gates_of(&lock, writer.pid), []);
    writer.leave();
    assert_eq!(lock.table(), []);
}

#[test]
fn a_fair_writer_waits_for_a_writer_by_asking_with_the_readers() {
    let lock = Lock::new();
    let before = lock.held("exclusive");
    let mut writer = lock.waiting("write", At::Main);
    assert_eq!(gates_of(&lock, writer.pid), [(true, QUEUE, QUEUE)]);
    let asks = |entry: &Entry| entry.waits && entry.pid == writer.pid;
    let asked: Vec<_> = lock.table().into_iter().filter(asks).collect();
    assert_eq!(asked.iter().map(|entry| entry.writes).collect::<Vec<_>>(), [false], "{asked:?}");
    before.leave();
    writer.line();
    writer.leave();
}

#[test]
fn a_preferring_writer_has_its_intent_from_arrival_until_release_and_queue_while_it_waits() {
    let lock = Lock::new();
    let reader = lock.held("read");
    let mut writer = lock.waiting("write --prefer writer", At::Main);
    let gates = gates_of(&lock, writer.pid);
    let [queue, intent] = gates[..] else { panic!("{gates:?}") };
    assert_eq!(queue, (true, QUEUE, QUEUE));
    assert!((INTENT..LANDING).contains(&intent.1) && intent.1 == intent.2, "{intent:?}");
    reader.leave();
    writer.line();
    assert_eq!(gates_of(&lock, writer.pid), [intent]);
    writer.leave();
    assert_eq!(lock.table(), []);
}

#[test]
fn a_preferring_writer_that_gets_in_at_once_announces_itself_too() {
    let lock = Lock::new();
    let writer = lock.held("write --prefer writer");
    let gates = gates_of(&lock, writer.pid);
    assert!(matches!(gates[..], [(true, byte, _)] if (INTENT..LANDING).contains(&byte)), "{gates:?}");
    writer.leave();
    assert!(!gate_file(&lock.path).exists());
}

#[test]
fn a_reader_shares_all_but_queue_while_it_waits_and_nothing_while_it_holds() {
    for (family, offset) in [("", 0), (" --fcntl", FCNTL)] {
        let lock = Lock::new();
        let writer = lock.held(&format!("write{family}"));
        let mut reader = lock.start(&format!("read{family}"), &["sh", "-c", HOLD]);
        until("it waits", || lines(&lock.path).iter().any(|line| line.starts_with("-> ")));
        assert_eq!(gates_of(&lock, reader.pid), [(false, PASSAGE + offset, CONVERSION + offset)]);
        writer.leave();
        reader.line();
        assert_eq!(gates_of(&lock, reader.pid), []);
        reader.leave();
    }
}

#[test]
fn who_is_at_the_gates_shares_present_by_its_open_file() {
    let lock = Lock::new();
    let writer = lock.held("write");
    let reader = lock.waiting("read", At::Main);
    let present = |line: &String| line.starts_with("OFDLCK ADVISORY READ -1") && line.ends_with(" 0 0");
    assert_eq!(lines(&lock.path).iter().filter(|line| present(line)).count(), 1);
    writer.leave();
    reader.leave();
}

#[test]
fn exclusive_and_a_writer_that_prefers_readers_have_no_gates() {
    let lock = Lock::new();
    for how in ["exclusive", "write --prefer reader"] {
        let reader = lock.held("read");
        let mut writer = lock.waiting(how, At::Main);
        assert_eq!(gates_of(&lock, writer.pid), [], "{how}");
        assert!(!gate_file(&lock.path).exists(), "{how}");
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
