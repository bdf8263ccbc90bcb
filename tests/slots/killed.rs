//! SIGKILL gives slots back, whoever it hits.

use crate::slot_users::{SAY, asleep_for, first_waiter, holder, later_waiter, taken};
use crate::support::ordered::Lock;
use crate::support::{send, until};

#[test]
fn the_slots_of_a_killed_command_come_back() {
    let lock = Lock::new();
    let mut killed = lock.start("slot -j 1", &["sh", "-c", "echo $$; read -r _ || :"]);
    let command: u32 = killed.line().parse().unwrap();
    let mut waiter = first_waiter(&lock, "slot -j 1", 1);
    let _input = killed.take_input();
    killed.kill();
    assert_eq!(taken(&lock), [(0, 0)], "the command still runs");
    send("KILL", command);
    assert_eq!(waiter.line(), "0");
    waiter.leave();
}

#[test]
fn without_a_fork_too() {
    let lock = Lock::new();
    let (in_place, _) = holder(&lock, "slot -F -j 1");
    let mut waiter = first_waiter(&lock, "slot -j 1", 1);
    in_place.kill();
    assert_eq!(waiter.line(), "0");
    waiter.leave();
}

#[test]
fn a_killed_first_waiter_gives_its_place_to_the_next() {
    let lock = Lock::new();
    let (first, _) = holder(&lock, "slot -j 2");
    let (second, _) = holder(&lock, "slot -j 2");
    let collector = first_waiter(&lock, "slot -j 2 --take 2", 1);
    let mut next = later_waiter(&lock, "slot -j 2");
    first.leave();
    until("it sleeps for the other one", || asleep_for(&lock) == [1]);
    collector.kill();
    assert_eq!(next.line(), "0");
    next.leave();
    second.leave();
}

#[test]
fn a_daemon_that_the_command_left_behind_does_not_keep_the_slot() {
    let lock = Lock::new();
    let daemon = "sleep 1000 </dev/null >/dev/null 2>&1 & echo $!";
    let mut running = lock.start("slot -j 1", &["sh", "-c", daemon]);
    let daemon = running.line().parse().unwrap();
    running.leave();
    let (holder, _) = holder(&lock, "slot -n -j 1");
    send("KILL", daemon);
    holder.leave();
}

#[test]
fn with_linger_it_does() {
    let lock = Lock::new();
    let daemon = "sleep 1000 </dev/null >/dev/null 2>&1 & echo $!";
    let mut running = lock.start("slot --linger -j 1", &["sh", "-c", daemon]);
    let daemon = running.line().parse().unwrap();
    running.leave();
    let mut waiter = lock.start("slot -j 1", &["sh", "-c", SAY]);
    assert_eq!(lock.code("slot -nq -j 1"), Some(75));
    send("KILL", daemon);
    waiter.line();
    waiter.leave();
}
