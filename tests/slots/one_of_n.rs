//! Who gets which slot.

use crate::slot_users::{first_waiter, holder, taken};
use crate::support::ordered::Lock;
use crate::support::until;

#[test]
fn each_gets_the_lowest_free_slot() {
    let lock = Lock::new();
    let (first, slot) = holder(&lock, "slot -j 3");
    assert_eq!(slot, "0");
    let (second, slot) = holder(&lock, "slot -j 3");
    assert_eq!(slot, "1");
    let (third, slot) = holder(&lock, "slot -j 3");
    assert_eq!(slot, "2");
    second.leave();
    first.leave();
    let (again, slot) = holder(&lock, "slot -j 3");
    assert_eq!(slot, "0");
    third.leave();
    again.leave();
    assert_eq!(lock.table(), []);
    assert_eq!(taken(&lock), []);
}

#[test]
fn one_more_than_there_are_slots_waits_and_gets_the_one_that_comes_free() {
    for leaves in 0..3 {
        let lock = Lock::new();
        let mut holders: Vec<_> = (0..3).map(|_| holder(&lock, "slot -j 3").0).collect();
        let mut waiter = first_waiter(&lock, "slot -j 3", 3);
        holders.remove(leaves).leave();
        assert_eq!(waiter.line(), leaves.to_string());
        waiter.leave();
        holders.into_iter().for_each(super::support::Running::leave);
        until("nothing is left", || lock.table().is_empty() && taken(&lock).is_empty());
    }
}

#[test]
fn one_slot_is_a_mutex() {
    let lock = Lock::new();
    let (holder, _) = holder(&lock, "slot -j 1");
    let mut waiter = first_waiter(&lock, "slot -j 1", 1);
    holder.leave();
    assert_eq!(waiter.line(), "0");
    waiter.leave();
}

#[test]
fn sixty_four_slots_are_waited_for_at_once() {
    let lock = Lock::new();
    let (all, _) = holder(&lock, "slot -j 64 --take 64");
    let mut waiter = first_waiter(&lock, "slot -j 64", 64);
    all.leave();
    waiter.line();
    waiter.leave();
}

#[test]
fn who_gives_a_smaller_number_uses_the_first_slots_only() {
    let lock = Lock::new();
    let holders: Vec<_> = (0..2).map(|_| holder(&lock, "slot -j 4").0).collect();
    assert_eq!(lock.code("slot -nq -j 2"), Some(75));
    assert_eq!(lock.code("slot -nq -j 3"), Some(0));
    holders.into_iter().for_each(super::support::Running::leave);
}

#[test]
fn the_command_knows_its_slots_in_place_of_those_of_a_command_above() {
    let place = &Lock::new().place;
    let nested = "\"$FASTEN\" slot -j 2 b.lock c.lock -- sh -c 'echo $FASTEN_SLOT, $FASTEN_SLOTS'";
    for how in ["slot -j 4 --take 3 a.lock -c", "slot -F -j 4 --take 3 a.lock -c"] {
        let script = format!("echo $FASTEN_SLOT, $FASTEN_SLOTS; {nested}");
        place.fasten(how).arg(script).stdout("0, 0,1,2\n0, 0 0\n").run();
    }
}

#[test]
fn a_waiter_uses_no_processor_time() {
    let lock = Lock::new();
    let (holder, _) = holder(&lock, "slot -j 1");
    let waiter = first_waiter(&lock, "slot -j 1", 1);
    let ticks = || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", waiter.pid)).unwrap();
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    };
    let before = ticks();
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert!(ticks() <= before + 1, "a look for deadlocks or two, and nothing else");
    holder.leave();
    waiter.leave();
}
