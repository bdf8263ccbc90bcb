//! Slots beside the other locks on the same file.

use crate::slot_users::{SAY, asleep_for_slots, first_waiter, holder, later_waiter};
use crate::support::ordered::{At, Lock};
use crate::support::{Running, until};

#[test]
fn a_writer_waits_for_all_slots_and_holds_back_new_ones() {
    for how in ["write", "exclusive", "write --prefer writer", "write --fcntl", "exclusive --fcntl"] {
        let lock = Lock::new();
        let (first, _) = holder(&lock, "slot -j 3");
        let (second, _) = holder(&lock, "slot -j 3");
        let mut writer = lock.start(how, &["sh", "-c", SAY]);
        // The slots stand in the way of a lock on all bytes, too; but nothing makes that one fair.
        if how.contains("fcntl") {
            until("it waits", || crate::slot_users::asleep_for_slots(&lock) == 1);
        } else {
            lock.until_waits(writer.pid, At::Main);
            assert_eq!(lock.code("slot -nq -j 3"), Some(75), "{how}");
        }
        first.leave();
        let late = (!how.contains("fcntl")).then(|| {
            let late = lock.start("slot -j 3", &["sh", "-c", SAY]);
            lock.until_waits(late.pid, At::Passage);
            late
        });
        second.leave();
        writer.line();
        assert_eq!(lock.code("slot -nq -j 3"), Some(75), "{how}");
        writer.leave();
        if let Some(mut late) = late {
            late.line();
            late.leave();
        }
    }
}

#[test]
fn readers_run_beside_slots() {
    let lock = Lock::new();
    let (slot, _) = holder(&lock, "slot -j 1");
    let reader = lock.held("read");
    assert_eq!(lock.code("exclusive -nq"), Some(75));
    slot.leave();
    let (slot, _) = holder(&lock, "slot -n -j 1");
    reader.leave();
    slot.leave();
}

#[test]
fn plain_flock_users_exclude_slots_and_are_excluded() {
    let lock = Lock::new();
    let (slot, _) = holder(&lock, "slot -j 2");
    let flock = |how: &str| Running::start(&["flock", how, lock.path.to_str().unwrap(), "true"]);
    flock("-nx").ends(1);
    flock("-ns").ends(0);
    slot.leave();
    flock("-nx").ends(0);
}

#[test]
fn a_writer_waits_for_the_first_waiter_that_came_before_it_but_not_for_the_others() {
    let lock = Lock::new();
    let (slot, _) = holder(&lock, "slot -j 1");
    let mut first = first_waiter(&lock, "slot -j 1", 1);
    let mut second = later_waiter(&lock, "slot -j 1");
    let mut writer = lock.start("write", &["sh", "-c", SAY]);
    lock.until_waits(writer.pid, At::Main);
    slot.leave();
    assert_eq!(first.line(), "0");
    lock.until_waits(second.pid, At::Passage);
    first.leave();
    writer.line();
    writer.leave();
    assert_eq!(second.line(), "0");
    second.leave();
}

/// The writer waits for the command above, and that one for its own nested command.
#[test]
fn a_nested_command_does_not_wait_for_a_writer_that_waits_for_its_parent() {
    let lock = Lock::new();
    let (other, _) = holder(&lock, "slot -j 2");
    let nested = format!("\"$FASTEN\" slot -j 2 lock -c '{SAY}'; echo $?");
    let mut parent = lock.place.fasten("slot -j 2 lock -c").arg(nested).start();
    until("the nested one sleeps for two slots", || asleep_for_slots(&lock) == 2);
    let mut writer = lock.start("write", &["sh", "-c", SAY]);
    lock.until_waits(writer.pid, At::Main);
    // It takes both slots, but the nested one is served all the same.
    let mut both = lock.start("slot -j 2 --take 2", &["sh", "-c", SAY]);
    lock.until_waits(both.pid, At::Passage);
    other.leave();
    assert_eq!(parent.line(), "0");
    parent.leave();
    writer.line();
    writer.leave();
    both.line();
    both.leave();
}
