//! The order in which they get in. Nothing here is measured: each one is seen at its place
//! before the next one comes.

use crate::support::Running;
use crate::support::ordered::{At, Lock};

#[test]
fn fair_writers_and_readers_take_turns() {
    let lock = Lock::new();
    let first_reader = lock.held("read");
    let mut first_writer = lock.waiting("write", At::Main);
    let mut second_reader = lock.waiting("read", At::Passage);
    first_reader.leave();
    first_writer.line();
    lock.until_waits(second_reader.pid, At::Main);
    let mut second_writer = lock.waiting("write", At::Main);
    first_writer.leave();
    second_reader.line();
    lock.until_waits(second_writer.pid, At::Main);
    let mut third_reader = lock.waiting("read", At::Passage);
    second_reader.leave();
    second_writer.line();
    second_writer.leave();
    third_reader.line();
    third_reader.leave();
}

#[test]
fn readers_that_come_behind_a_waiting_writer_get_in_together_after_it() {
    let lock = Lock::new();
    let before = lock.held("read");
    let mut writer = lock.waiting("write", At::Main);
    let mut readers: Vec<_> = (0..5).map(|_| lock.waiting("read", At::Passage)).collect();
    let next_writer = lock.waiting("write", At::Queue);
    before.leave();
    writer.line();
    readers.iter().for_each(|reader| lock.until_waits(reader.pid, At::Main));
    writer.leave();
    for reader in &mut readers {
        reader.line();
    }
    lock.until_waits(next_writer.pid, At::Main);
    readers.into_iter().for_each(Running::leave);
    next_writer.leave();
}

#[test]
fn preferring_writers_all_pass_the_readers_that_wait() {
    let lock = Lock::new();
    let before = lock.held("read");
    let mut first = lock.waiting("write --prefer writer", At::Main);
    let mut reader = lock.waiting("read", At::Passage);
    let mut second = lock.waiting("write --prefer writer", At::Queue);
    before.leave();
    first.line();
    first.leave();
    second.line();
    lock.until_waits(reader.pid, At::Passage);
    second.leave();
    reader.line();
    reader.leave();
}

#[test]
fn readers_pass_a_writer_that_prefers_them() {
    let lock = Lock::new();
    let before = lock.held("read");
    let mut writer = lock.waiting("write --prefer reader", At::Main);
    let after = lock.held("read");
    before.leave();
    lock.until_waits(writer.pid, At::Main);
    after.leave();
    writer.line();
    writer.leave();
}
