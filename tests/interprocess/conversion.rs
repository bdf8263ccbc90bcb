//! From reading to writing and back.

use std::fs::{self, File};
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use fasten::{
    CancelToken, DescriptorLock, Error, Family, InterProcessReaderWriterLock, LockOptions, Mode, Wait,
};

use crate::player::{is_left_alone, kind, player, waiters};
use crate::support::gate_file::gate_file;
use crate::support::ordered::Lock;
use crate::support::until;

fn lock() -> (Lock, InterProcessReaderWriterLock) {
    let lock = Lock::new();
    let shared = InterProcessReaderWriterLock::new(&lock.path);
    (lock, shared)
}

#[test]
fn a_guard_says_what_it_holds_through_all_conversions() {
    for family in [Family::Flock, Family::Fcntl] {
        let lock = Lock::new();
        let options = LockOptions::new().family(family);
        let shared = InterProcessReaderWriterLock::with_options(&lock.path, options);
        let guard = shared.read().unwrap();
        assert_eq!((guard.mode(), guard.path()), (Mode::Shared, lock.path.as_path()));
        guard.upgrade(Wait::never()).unwrap();
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
            guard.upgrade(Wait::forever().on_wait(&ready)).unwrap();
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
    assert_eq!(kind(&guard.upgrade(Wait::never()).unwrap_err()), "busy");
    assert_eq!(guard.mode(), Mode::Shared);
    other.begins("upgrade");
    until("it waits for us", || !waiters(&lock.path).is_empty());
    assert_eq!(kind(&guard.upgrade(Wait::forever()).unwrap_err()), "would never end");
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
        let upgraded = guard.upgrade(Wait::forever());
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
    let cancel = CancelToken::default();
    thread::scope(|scope| {
        let held = scope.spawn(|| {
            let other = shared.read().unwrap();
            let late = other.upgrade(Wait::at_most(Duration::from_millis(20))).unwrap_err();
            assert_eq!((kind(&late), other.mode()), ("timed out", Mode::Shared));
            cancel.cancel();
            let called_off = other.upgrade(Wait::forever().cancel_on(&cancel)).unwrap_err();
            assert_eq!((kind(&called_off), other.mode()), ("cancelled", Mode::Shared));
        });
        held.join().unwrap();
    });
    guard.upgrade(Wait::never()).unwrap();
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

#[test]
fn no_close_of_a_descriptor_lets_a_writer_in_between() {
    for round in 0..20 {
        let (lock, shared) = lock();
        let (mut reader, mut writer) = (player(&lock), player(&lock));
        assert_eq!(reader.does("read"), "done");
        let guard = shared.read().unwrap();
        writer.begins("write");
        let waits = |pid: u32| waiters(&lock.path).iter().any(|entry| entry.pid == pid && entry.writes);
        until("the writer waits", || waits(writer.pid()));
        thread::scope(|scope| {
            scope.spawn(|| {
                until("the upgrade waits", || waits(std::process::id()));
                fs::read(&lock.path).unwrap();
                fs::read(gate_file(&lock.path)).unwrap();
                let other = InterProcessReaderWriterLock::new(&lock.path);
                assert_eq!(kind(&other.try_read().unwrap_err()), "busy");
                drop(other);
                assert_eq!(reader.does("drop"), "done");
            });
            let upgraded = guard.upgrade(Wait::at_most(Duration::from_secs(60)));
            assert!(upgraded.is_ok(), "{round}: the writer wrote in between");
        });
        drop(guard);
        assert_eq!(writer.answer(), "done");
    }
}

#[test]
fn of_two_threads_with_descriptors_of_their_own_one_upgrades() {
    let (lock, _) = lock();
    let (value, both_read) = (AtomicU32::new(0), Barrier::new(2));
    let upgrades = || {
        let file = File::open(&lock.path).unwrap();
        let mut descriptor = DescriptorLock::new(&file);
        descriptor.read().unwrap().detach();
        let seen = value.load(SeqCst);
        both_read.wait();
        let upgraded = descriptor.write();
        if let Ok(guard) = &upgraded {
            assert_eq!(value.fetch_add(1, SeqCst), seen, "another wrote in between");
            let _ = guard;
        }
        let refused = upgraded.map(drop).map_err(|refused| assert_eq!(kind(&refused), "would never end"));
        descriptor.unlock().unwrap();
        refused.is_ok()
    };
    let done =
        thread::scope(|scope| [scope.spawn(upgrades), scope.spawn(upgrades)].map(|one| one.join().unwrap()));
    assert_eq!(done.iter().filter(|&&done| done).count(), 1);
}

#[test]
fn threads_that_lock_descriptors_stand_in_the_line_of_their_process() {
    let (lock, shared) = lock();
    let mut reader = player(&lock);
    assert_eq!(reader.does("read"), "done");
    thread::scope(|scope| {
        let writer = scope.spawn(|| drop(shared.write().unwrap()));
        until("the writer waits", || !waiters(&lock.path).is_empty());
        let file = File::open(&lock.path).unwrap();
        let mut descriptor = DescriptorLock::new(&file);
        assert_eq!(kind(&descriptor.try_read().unwrap_err()), "busy");
        assert_eq!(reader.does("drop"), "done");
        writer.join().unwrap();
        descriptor.try_read().unwrap().detach();
    });
}

#[test]
fn a_downgrade_of_a_lock_that_another_process_has_unlocked_does_not_wait() {
    let (lock, shared) = lock();
    let guard = shared.write().unwrap();
    let descriptor = File::from(guard.descriptor().unwrap().try_clone_to_owned().unwrap());
    fs2::FileExt::unlock(&descriptor).unwrap();
    let mut other = player(&lock);
    assert_eq!(other.does("lock"), "done");
    assert!(matches!(guard.downgrade().unwrap_err(), Error::Lost { .. }));
    drop(guard);
    assert_eq!(other.does("drop"), "done");
}

#[test]
fn a_descriptor_that_held_the_lock_exclusively_before_does_so_after_a_guard_that_went_down_and_up() {
    let (lock, shared) = lock();
    let file = File::open(&lock.path).unwrap();
    fs2::FileExt::lock_exclusive(&file).unwrap();
    let mut descriptor = DescriptorLock::new(&file);
    let mut guard = descriptor.write().unwrap();
    guard.downgrade().unwrap();
    guard.upgrade(Wait::never()).unwrap();
    assert_eq!(guard.mode(), Mode::Exclusive);
    drop(guard);
    thread::scope(|scope| {
        scope.spawn(|| assert_eq!(kind(&shared.try_read().unwrap_err()), "busy"));
    });
}
