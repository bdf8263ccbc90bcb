//! `--take K`: several slots at once, all or none.

use crate::slot_users::{SAY, asleep_for, asleep_for_slots, first_waiter, holder, taken};
use crate::support::ordered::Lock;
use crate::support::{Running, until};

#[test]
fn all_or_none_are_taken() {
    let lock = Lock::new();
    let (two, slots) = holder(&lock, "slot -j 3 --take 2");
    assert_eq!(slots, "0,1");
    assert_eq!(lock.code("slot -nq -j 3 --take 2"), Some(75));
    assert_eq!(taken(&lock), [(0, 1)], "the one that was free is free again");
    let (one, slot) = holder(&lock, "slot -n -j 3");
    assert_eq!(slot, "2");
    two.leave();
    one.leave();
}

#[test]
fn who_needs_all_gets_them_one_after_the_other_while_others_wait() {
    let lock = Lock::new();
    let mut holders: Vec<Running> = (0..3).map(|_| holder(&lock, "slot -j 3").0).collect();
    let mut all = first_waiter(&lock, "slot -j 3 --take 3", 1);
    let mut late: Vec<_> = (0..3).map(|_| lock.start("slot -j 3", &["sh", "-c", SAY])).collect();
    // One thread is enough: before each of the others is free, too few are.
    for next in [1, 2] {
        holders.remove(0).leave();
        until("it sleeps for the next one", || asleep_for(&lock) == [next]);
    }
    holders.remove(0).leave();
    assert_eq!(all.line(), "0,1,2");
    all.leave();
    late.iter_mut().for_each(|one| drop(one.line()));
    late.into_iter().for_each(Running::leave);
}

#[test]
fn two_that_need_several_do_not_wait_for_each_other() {
    let lock = Lock::new();
    let (holder, _) = holder(&lock, "slot -j 2 --take 2");
    let mut waiters: Vec<_> =
        (0..4).map(|_| lock.start("slot -j 2 --take 2", &["sh", "-c", "echo in"])).collect();
    until("they wait", || lock.table().iter().filter(|entry| entry.waits).count() == 3);
    holder.leave();
    waiters.iter_mut().for_each(|waiter| assert_eq!(waiter.line(), "in"));
    waiters.into_iter().for_each(Running::leave);
}

/// Other containers do not see the gate file. Then the kernel's order counts, and still nobody waits
/// with half of the slots for another half.
#[test]
fn without_a_gate_file_they_do_not_either() {
    let lock = Lock::new();
    let (holder, _) = holder(&lock, "slot -j 2 --take 2");
    let apart =
        "mount -t tmpfs none /dev/shm && exec \"$FASTEN\" slot -v -j 2 --take 2 lock -- sh -c 'echo in'";
    let start = || lock.place.program("unshare").args(["-m", "sh", "-c", apart]).start();
    let mut waiters: Vec<_> = (0..4).map(|_| start()).collect();
    // Three sleep for TURN, and the first one for a slot.
    until("they wait", || asleep_for_slots(&lock) == 4);
    holder.leave();
    waiters.iter_mut().for_each(|waiter| assert_eq!(waiter.line(), "in"));
    waiters.into_iter().for_each(Running::leave);
}
