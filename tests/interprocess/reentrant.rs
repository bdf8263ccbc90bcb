//! A thread, or a child, that asks for a lock that it holds already.

use std::fs::File;
use std::thread;
use std::time::{Duration, Instant};

use fasten::{Error, InterProcessLock, InterProcessReaderWriterLock, LockOptions, Mode, Nested, Wait};

use crate::player::{is_left_alone, kind, player, waiters};
use crate::support::ordered::Lock;
use crate::support::until;

#[test]
fn a_thread_that_holds_the_lock_is_refused_and_not_left_waiting() {
    let lock = Lock::new();
    let mutex = InterProcessLock::new(&lock.path);
    let _held = mutex.lock().unwrap();
    let refused = mutex.lock().unwrap_err();
    assert!(matches!(refused, Error::Deadlock { .. }));
    assert!(refused.to_string().ends_with("this thread already holds it exclusively"), "{refused}");
    assert_eq!(kind(&mutex.try_lock().unwrap_err()), "busy");
    let by_another_name = InterProcessReaderWriterLock::new(&lock.path);
    assert_eq!(kind(&by_another_name.read().unwrap_err()), "would never end");
    assert_eq!(kind(&by_another_name.write().unwrap_err()), "would never end");
}

#[test]
fn with_join_a_thread_has_its_lock_again_until_the_last_guard_is_dropped() {
    let lock = Lock::new();
    let mutex = InterProcessLock::with_options(&lock.path, LockOptions::new().nested(Nested::Join));
    let outer = mutex.lock().unwrap();
    let inner = mutex.lock().unwrap();
    drop(outer);
    thread::scope(|scope| {
        scope.spawn(|| assert_eq!(kind(&mutex.try_lock().unwrap_err()), "busy"));
    });
    assert_eq!(inner.mode(), Mode::Exclusive);
    drop(inner);
    thread::scope(|scope| {
        scope.spawn(|| assert!(mutex.try_lock().is_ok()));
    });
}

#[test]
fn a_reader_reads_again_while_a_writer_waits() {
    let lock = Lock::new();
    let shared = InterProcessReaderWriterLock::new(&lock.path);
    let outer = shared.read().unwrap();
    thread::scope(|scope| {
        let (ready, waits) = std::sync::mpsc::channel();
        let shared = &shared;
        let writer = scope.spawn(move || {
            let ready = move |_: &_| ready.send(()).unwrap();
            drop(shared.write_with(Wait::forever().on_wait(&ready)).unwrap());
        });
        waits.recv().unwrap();
        until("readers queue after it", || {
            let other = InterProcessReaderWriterLock::new(&lock.path);
            scope.spawn(move || other.try_read().is_err()).join().unwrap()
        });
        let inner = shared.read().unwrap();
        drop(outer);
        drop(inner);
        writer.join().unwrap();
    });
    drop(shared);
    assert!(is_left_alone(&lock.path));
}

#[test]
fn a_reader_that_asks_to_write_is_told_that_it_would_wait_for_itself() {
    let lock = Lock::new();
    for nested in [Nested::Refuse, Nested::Join] {
        let shared =
            InterProcessReaderWriterLock::with_options(&lock.path, LockOptions::new().nested(nested));
        let _held = shared.read().unwrap();
        assert_eq!(kind(&shared.write().unwrap_err()), "would never end");
    }
}

#[test]
fn one_that_is_to_wait_for_its_ancestors_does_not_wait_for_itself() {
    let lock = Lock::new();
    let mutex = InterProcessLock::with_options(&lock.path, LockOptions::new().nested(Nested::Wait));
    let _held = mutex.lock().unwrap();
    assert_eq!(kind(&mutex.lock().unwrap_err()), "would never end");
}

#[test]
fn a_parent_that_holds_the_lock_now_and_then_is_waited_for() {
    let lock = Lock::new();
    let mutex = InterProcessLock::new(&lock.path);
    let mut child = player(&lock);
    for _ in 0..50 {
        let held = mutex.lock().unwrap();
        child.begins("lock");
        until("the child waits", || !waiters(&lock.path).is_empty());
        thread::sleep(Duration::from_millis(1));
        drop(held);
        assert_eq!(child.answer(), "done");
        assert_eq!(child.does("drop"), "done");
    }
}

#[test]
fn what_another_thread_holds_through_a_file_of_its_own_is_waited_for() {
    let lock = Lock::new();
    let mutex = InterProcessLock::new(&lock.path);
    let file = File::open(&lock.path).unwrap();
    fs2::FileExt::lock_exclusive(&file).unwrap();
    thread::scope(|scope| {
        let waiter = scope.spawn(|| mutex.lock().map(drop));
        until("the thread waits", || !waiters(&lock.path).is_empty());
        // Longer than it takes to look twice for a deadlock.
        let start = Instant::now();
        until("it has looked", || start.elapsed() > Duration::from_millis(200));
        fs2::FileExt::unlock(&file).unwrap();
        waiter.join().unwrap().unwrap();
    });
}

#[test]
fn a_guard_asks_the_kernel_whether_it_holds_the_lock() {
    let lock = Lock::new();
    let mutex = InterProcessLock::new(&lock.path);
    let guard = mutex.lock().unwrap();
    assert!(guard.is_held() && !guard.is_borrowed());
    let descriptor = guard.descriptor().unwrap().try_clone_to_owned().unwrap();
    fs2::FileExt::unlock(&File::from(descriptor)).unwrap();
    assert!(!guard.is_held());
}

#[test]
fn a_thread_waits_for_another_thread_of_its_process() {
    let lock = Lock::new();
    let mutex = InterProcessLock::new(&lock.path);
    let held = mutex.lock().unwrap();
    thread::scope(|scope| {
        let (ready, waits) = std::sync::mpsc::channel();
        let mutex = &mutex;
        let other = scope.spawn(move || {
            let ready = move |_: &_| ready.send(()).unwrap();
            mutex.lock_with(Wait::forever().on_wait(&ready)).map(drop)
        });
        waits.recv().unwrap();
        drop(held);
        other.join().unwrap().unwrap();
    });
}
