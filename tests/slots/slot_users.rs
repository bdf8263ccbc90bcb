//! Processes that hold slots and that wait for them.

use crate::support::gate_file::SLOT_QUEUE;
use crate::support::ordered::Lock;
use crate::support::table::lines;
use crate::support::{Running, until};

/// Says its slots, and stays until its input ends.
pub const SAY: &str = "echo $FASTEN_SLOTS; read -r _ || :";

/// One that holds slots, and the line that it says of them.
#[track_caller]
pub fn holder(lock: &Lock, how: &str) -> (Running, String) {
    let mut running = lock.start(how, &["sh", "-c", SAY]);
    let slots = running.line();
    (running, slots)
}

/// One that stands at the head of the line, and sleeps for so many slots.
#[track_caller]
pub fn first_waiter(lock: &Lock, how: &str, slots: usize) -> Running {
    let running = lock.start(how, &["sh", "-c", SAY]);
    until(&format!("{} sleeps for {slots} slots: {:#?}", running.pid, lines(&lock.path)), || {
        lock.has_gate(running.pid, SLOT_QUEUE) && asleep_for_slots(lock) == slots
    });
    running
}

/// One that stands in the line after the first.
#[track_caller]
pub fn later_waiter(lock: &Lock, how: &str) -> Running {
    let running = lock.start(how, &["sh", "-c", SAY]);
    let is_there = || {
        lock.table()
            .iter()
            .any(|entry| entry.waits && entry.pid == running.pid && entry.is_gate_from(SLOT_QUEUE))
    };
    until("it stands in the line", is_there);
    running
}

/// How many threads sleep for a slot, or for TURN.
pub fn asleep_for_slots(lock: &Lock) -> usize {
    lines(&lock.path).iter().filter(|line| line.starts_with("-> OFDLCK")).count()
}

/// The slots for which a thread sleeps.
pub fn asleep_for(lock: &Lock) -> Vec<u64> {
    ranges(lock, "-> OFDLCK").into_iter().map(|(first, _)| first).collect()
}

/// The slots that are taken, as the kernel's table has them: the first and the last of each range.
pub fn taken(lock: &Lock) -> Vec<(u64, u64)> {
    ranges(lock, "OFDLCK")
}

fn ranges(lock: &Lock, kind: &str) -> Vec<(u64, u64)> {
    const SLOTS: u64 = 1 << 62;
    let range = |line: &String| {
        let line = line.strip_prefix(&format!("{kind} ADVISORY WRITE -1 "))?;
        let mut bytes = line.split(' ').skip(1).map(|byte| byte.parse::<u64>().ok()?.checked_sub(SLOTS));
        Some((bytes.next()??, bytes.next()??)).filter(|(first, _)| *first < 1 << 32)
    };
    lines(&lock.path).iter().filter_map(range).collect()
}
