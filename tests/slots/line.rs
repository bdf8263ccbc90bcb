//! The line of those who wait: first come, first served.

use crate::slot_users::{asleep_for, first_waiter, holder, later_waiter};
use crate::support::ordered::Lock;
use crate::support::{Running, until};

#[test]
fn waiters_get_slots_in_the_order_in_which_they_came() {
    let lock = Lock::new();
    let mut holders: Vec<Running> = (0..2).map(|_| holder(&lock, "slot -j 2").0).collect();
    let mut waiters = vec![first_waiter(&lock, "slot -j 2", 2)];
    (0..4).for_each(|_| waiters.push(later_waiter(&lock, "slot -j 2")));
    for mut waiter in waiters {
        holders.remove(0).leave();
        // The one that was first in line, and not another one.
        waiter.line();
        holders.push(waiter);
    }
    holders.into_iter().for_each(Running::leave);
}

#[test]
fn who_does_not_wait_passes_nobody_who_does() {
    let lock = Lock::new();
    let (first, _) = holder(&lock, "slot -j 2");
    let (second, _) = holder(&lock, "slot -j 2");
    let mut both = first_waiter(&lock, "slot -j 2 --take 2", 1);
    first.leave();
    // It is free, and for the waiter, which needs another one.
    until("the waiter sleeps for the other one", || asleep_for(&lock) == [1]);
    assert_eq!(lock.code("slot -nq -j 2"), Some(75));
    // More slots do not help: it would be served before its turn.
    assert_eq!(lock.code("slot -nq -j 3"), Some(75));
    second.leave();
    assert_eq!(both.line(), "0,1");
    both.leave();
}

#[test]
fn who_gives_up_leaves_the_line_and_its_slots() {
    let lock = Lock::new();
    let (first, _) = holder(&lock, "slot -j 2");
    let (second, _) = holder(&lock, "slot -j 2");
    let both = first_waiter(&lock, "slot -q -w 3s -j 2 --take 2", 1);
    let mut one = later_waiter(&lock, "slot -j 2");
    first.leave();
    until("the first waiter sleeps for the other one", || asleep_for(&lock) == [1]);
    both.ends(75);
    assert_eq!(one.line(), "0");
    one.leave();
    second.leave();
}

#[test]
fn a_signal_ends_the_wait_and_leaves_nothing() {
    let lock = Lock::new();
    let (only, _) = holder(&lock, "slot -j 1");
    let waiter = first_waiter(&lock, "slot -j 1", 1);
    waiter.signal("TERM");
    let ended = waiter.finish();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&ended.status), Some(libc_term()));
    only.leave();
    until("nothing is left", || lock.table().is_empty());
    assert!(!crate::support::gate_file::gate_file(&lock.path).exists());
}

const fn libc_term() -> i32 {
    15
}
