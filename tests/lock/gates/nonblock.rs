//! `-n`: refused where another is before us, and nowhere else.

use crate::support::gate_file::{INTENT, LANDING, PASSAGE, QUEUE};
use crate::support::joiner::joiner;
use crate::support::ordered::{At, Lock};

const BUSY: Option<i32> = Some(75);
const DONE: Option<i32> = Some(0);

#[test]
fn a_read_is_refused_while_a_writer_holds() {
    let lock = Lock::new();
    for how in ["write", "write --prefer writer", "write --prefer reader", "exclusive"] {
        let writer = lock.held(how);
        assert_eq!(lock.code("read -n"), BUSY, "{how}");
        writer.leave();
        assert_eq!(lock.code("read -n"), DONE, "{how}");
    }
}

#[test]
fn a_read_is_refused_while_a_writer_waits_unless_that_one_prefers_readers() {
    let lock = Lock::new();
    let expected = [("write", BUSY), ("write --prefer writer", BUSY), ("write --prefer reader", DONE)];
    for (how, code) in expected {
        let reader = lock.held("read");
        let writer = lock.waiting(how, At::Main);
        assert_eq!(lock.code("read -n"), code, "{how}");
        reader.leave();
        writer.leave();
    }
}

#[test]
fn a_write_is_refused_while_anyone_holds() {
    let lock = Lock::new();
    for holder in ["read", "write", "write --prefer writer", "exclusive"] {
        let holding = lock.held(holder);
        for how in ["write -n", "write -n --prefer writer", "write -n --prefer reader", "exclusive -n"] {
            assert_eq!(lock.code(how), BUSY, "{how} beside {holder}");
        }
        holding.leave();
    }
}

#[test]
fn a_write_is_refused_while_a_writer_queues() {
    let lock = Lock::new();
    let queued = joiner(&lock.path, "ex", QUEUE, 1);
    assert_eq!(lock.code("write -n"), BUSY);
    assert_eq!(lock.code("write -n --prefer writer"), BUSY);
    assert_eq!(lock.code("write -n --prefer reader"), DONE);
    assert_eq!(lock.code("read -n"), DONE);
    queued.leave();
    assert_eq!(lock.code("write -n"), DONE);
}

#[test]
fn all_but_the_reader_preferring_are_refused_while_the_passage_is_closed() {
    let lock = Lock::new();
    for byte in [PASSAGE, INTENT, INTENT + (1 << 22), LANDING - 2] {
        let announced = joiner(&lock.path, "ex", byte, 1);
        assert_eq!(lock.code("read -n"), BUSY);
        assert_eq!(lock.code("write -n"), BUSY);
        assert_eq!(lock.code("write -n --prefer reader"), DONE);
        announced.leave();
        assert_eq!(lock.code("read -n"), DONE);
    }
}

#[test]
fn being_refused_leaves_nothing_behind() {
    let lock = Lock::new();
    let reader = lock.held("read");
    let writer = lock.waiting("write", At::Main);
    let before = lock.table();
    for how in ["read -n", "write -n", "write -n --prefer writer", "exclusive -n"] {
        assert_eq!(lock.code(how), BUSY, "{how}");
        assert_eq!(lock.table(), before, "{how}");
    }
    reader.leave();
    writer.leave();
}
