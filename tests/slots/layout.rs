//! The bytes of slots, as documented: others join by them.

use crate::slot_users::{first_waiter, holder, later_waiter};
use crate::support::gate_file::{SLOT_QUEUE, SLOT_WAITERS};
use crate::support::ordered::Lock;
use crate::support::table::lines;

const SLOTS: u64 = 1 << 62;
const TURN: u64 = SLOTS + (1 << 32);
const COUNT: u64 = SLOTS + (1 << 33);

#[test]
fn a_holder_has_the_lock_shared_its_slots_alone_and_shows_how_many_there_are() {
    let lock = Lock::new();
    let (two, _) = holder(&lock, "slot -j 5 --take 2");
    assert_eq!(
        on_the_file(&lock),
        [
            "FLOCK READ 0 EOF".to_owned(),
            format!("OFDLCK READ {} {}", COUNT + 5, COUNT + 5),
            format!("OFDLCK WRITE {SLOTS} {}", SLOTS + 1),
        ]
    );
    two.leave();
}

#[test]
fn the_first_waiter_has_the_lock_shared_and_turn_and_the_queue_and_sleeps_for_each_slot() {
    let lock = Lock::new();
    let (all, _) = holder(&lock, "slot -j 2 --take 2");
    let waiter = first_waiter(&lock, "slot -j 2", 2);
    assert!(lock.has_gate(waiter.pid, SLOT_QUEUE) && lock.has_gate(waiter.pid, SLOT_WAITERS));
    let second = later_waiter(&lock, "slot -j 2");
    assert!(lock.has_gate(second.pid, SLOT_WAITERS) && !lock.has_gate(second.pid, SLOT_QUEUE));
    let lines = on_the_file(&lock);
    assert!(lines.contains(&format!("OFDLCK WRITE {TURN} {TURN}")), "{lines:#?}");
    assert_eq!(lines.iter().filter(|line| *line == "FLOCK READ 0 EOF").count(), 2, "{lines:#?}");
    for slot in [SLOTS, SLOTS + 1] {
        assert!(lines.contains(&format!("-> OFDLCK WRITE {slot} {slot}")), "{lines:#?}");
    }
    all.leave();
    waiter.leave();
    second.leave();
}

/// What the table says of the lock file, without device and pids.
fn on_the_file(lock: &Lock) -> Vec<String> {
    use std::os::unix::fs::MetadataExt;
    let inode = format!(":{} ", std::fs::metadata(&lock.path).unwrap().ino());
    let of_the_file = lines(&lock.path).into_iter().filter(|line| line.contains(&inode));
    let mut short: Vec<String> = of_the_file
        .map(|line| {
            let words: Vec<&str> = line.split(' ').filter(|word| *word != "ADVISORY").collect();
            let arrow = if words[0] == "->" { "-> " } else { "" };
            let words = &words[usize::from(!arrow.is_empty())..];
            format!("{arrow}{} {} {} {}", words[0], words[1], words[4], words[5])
        })
        .collect();
    short.sort();
    short
}
