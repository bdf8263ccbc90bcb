//! From reading to writing and back.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use fasten::{Cancel, Family, InterProcessReaderWriterLock, Mode, Options, Waiting};

use crate::ordered::{Lock, until};
use crate::player::{is_left_alone, kind, player, waiters};

fn lock() -> (Lock, InterProcessReaderWriterLock) {
    let lock = Lock::new();
    let shared = InterProcessReaderWriterLock::new(&lock.path);
    (lock, shared)
}

#[test]
fn a_guard_says_what_it_holds_through_all_conversions() {
    for family in [Family::Flock, Family::Fcntl] {
        let lock = Lock::new();
        let options = Options::new().family(family);
        let shared = InterProcessReaderWriterLock::with_options(&lock.path, options);
        let guard = shared.read().unwrap();
        assert_eq!((guard.mode(), guard.path()), (Mode::Shared, lock.path.as_path()));
        guard.upgrade(Waiting::never()).unwrap();
        assert_eq!(guard.mode(), Mode::Exclusive);
        thread::scope(|scope| {
            scope.spawn(|| assert_eq!(kind(&shared.try_read().unwrap_err()), "busy"));
        });
        guard.downgrade().unwrap();
        assert_eq!(guard.mode(), Mode::Shared);
        thread::scope(|scope| {
            scope.spawn(|| assert!(shared.try_read().is_ok()));
        });
        assert!(guard.is_held());
        drop((guard, shared));
        assert!(is_left_alone(&lock.path));
    }
}

#[test]
fn one_that_upgrades_waits_for_the_other_readers_of_its_process() {
    let (_lock, shared) = lock();
    let other = shared.read().unwrap();
    thread::scope(|scope| {
        let (ready, waits) = std::sync::mpsc::channel();
        let shared = &shared;
        let upgrading = scope.spawn(move || {
            let guard = shared.read().unwrap();
            let ready = move |_: &_| ready.send(()).unwrap();
            guard.upgrade(Waiting::forever().telling(&ready)).unwrap();
            assert_eq!(guard.mode(), Mode::Exclusive);
        });
        waits.recv().unwrap();
        assert!(!upgrading.is_finished());
        drop(other);
        upgrading.join().unwrap();
    });
}

#[test]
fn one_that_upgrades_waits_for_the_readers_of_other_processes() {
    let (lock, shared) = lock();
    let mut other = player(&lock);
    assert_eq!(other.does("read"), "done");
    let guard = shared.read().unwrap();
    assert_eq!(kind(&guard.upgrade(Waiting::never()).unwrap_err()), "busy");
    assert_eq!(guard.mode(), Mode::Shared);
    other.begins("upgrade");
    until("it waits for us", || !waiters(&lock.path).is_empty());
    assert_eq!(kind(&guard.upgrade(Waiting::forever()).unwrap_err()), "would never end");
    assert_eq!(guard.mode(), Mode::Shared);
    drop(guard);
    assert_eq!(other.answer(), "done");
    assert_eq!(kind(&shared.try_read().unwrap_err()), "busy");
}

#[test]
fn of_two_threads_that_upgrade_one_is_refused_and_keeps_reading() {
    let (_lock, shared) = lock();
    let both_read = Barrier::new(2);
    let upgrades = || {
        let guard = shared.read().unwrap();
        both_read.wait();
        let upgraded = guard.upgrade(Waiting::forever());
        assert_eq!(guard.mode(), if upgraded.is_ok() { Mode::Exclusive } else { Mode::Shared });
        upgraded.map_err(|refused| assert_eq!(kind(&refused), "would never end")).is_ok()
    };
    let done = thread::scope(|scope| {
        let both = [scope.spawn(upgrades), scope.spawn(upgrades)];
        both.map(|one| one.join().unwrap())
    });
    assert_eq!(done.iter().filter(|&&done| done).count(), 1);
}

#[test]
fn an_upgrade_that_is_cancelled_or_late_goes_on_reading() {
    let (lock, shared) = lock();
    let guard = shared.read().unwrap();
    let cancel = Cancel::default();
    thread::scope(|scope| {
        let held = scope.spawn(|| {
            let other = shared.read().unwrap();
            let late = other.upgrade(Waiting::at_most(Duration::from_millis(20))).unwrap_err();
            assert_eq!((kind(&late), other.mode()), ("timed out", Mode::Shared));
            cancel.cancel();
            let called_off = other.upgrade(Waiting::forever().unless(&cancel)).unwrap_err();
            assert_eq!((kind(&called_off), other.mode()), ("cancelled", Mode::Shared));
        });
        held.join().unwrap();
    });
    guard.upgrade(Waiting::never()).unwrap();
    drop((guard, shared));
    assert!(is_left_alone(&lock.path));
}

#[test]
fn a_writer_that_goes_on_reading_lets_other_writers_wait_in_line_and_readers_in() {
    let (lock, shared) = lock();
    let (mut reader, mut writer) = (player(&lock), player(&lock));
    let guard = shared.write().unwrap();
    guard.downgrade().unwrap();
    assert_eq!(reader.does("read now"), "done");
    assert_eq!(writer.does("write now"), "busy");
    drop(guard);
    assert_eq!(reader.does("drop"), "done");
    assert_eq!(writer.does("write now"), "done");
}
