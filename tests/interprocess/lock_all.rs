//! Several locks: all or none, in one order.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::channel;
use std::thread;

use fasten::{InterProcessLock, InterProcessReaderWriterLock, Mode, Wait, lock_all};

use crate::player::{is_left_alone, kind, player};
use crate::support::LIMIT;
use crate::support::ordered::Lock;

fn mutex(lock: &Lock) -> InterProcessLock {
    InterProcessLock::new(&lock.path)
}

#[test]
fn all_or_none() {
    let locks: Vec<Lock> = (0..5).map(|_| Lock::new()).collect();
    let mut other = player(&locks[3]);
    assert_eq!(other.does("lock"), "done");
    let refused = lock_all(locks.iter().map(|lock| mutex(lock).request()), Wait::never()).unwrap_err();
    assert_eq!(kind(&refused), "busy");
    assert_eq!(other.does("drop"), "done");
    assert!(locks.iter().all(|lock| is_left_alone(&lock.path)));
    let guards = lock_all(locks.iter().map(|lock| mutex(lock).request()), Wait::never()).unwrap();
    assert_eq!(guards.len(), 5);
}

#[test]
fn two_who_name_the_same_locks_in_different_orders_do_not_wait_for_each_other() {
    let files: Vec<Lock> = (0..3).map(|_| Lock::new()).collect();
    let locks: Vec<InterProcessLock> = files.iter().map(mutex).collect();
    thread::scope(|scope| {
        for turn in 0..6 {
            let mut locks = locks.clone();
            locks.rotate_left(turn % 3);
            if turn >= 3 {
                locks.reverse();
            }
            scope.spawn(move || {
                for _ in 0..100 {
                    let wanted = locks.iter().map(InterProcessLock::request);
                    assert_eq!(lock_all(wanted, Wait::forever()).unwrap().len(), 3);
                }
            });
        }
    });
}

#[test]
fn two_paths_to_one_file_are_one_lock_and_a_writer_s_if_one_is_to_write() {
    let lock = Lock::new();
    let link = lock.path.with_extension("link");
    std::fs::hard_link(&lock.path, &link).unwrap();
    let (one, other) =
        (InterProcessReaderWriterLock::new(&lock.path), InterProcessReaderWriterLock::new(&link));
    let guards =
        lock_all([one.read_request(), other.write_request(), one.read_request()], Wait::forever()).unwrap();
    assert_eq!(guards.iter().map(fasten::Guard::mode).collect::<Vec<_>>(), [Mode::Exclusive]);
}

#[test]
fn a_lock_that_this_thread_holds_already_is_refused_and_the_others_are_free() {
    let (held, free) = (Lock::new(), Lock::new());
    let _held = mutex(&held).lock().unwrap();
    let wanted = [mutex(&held).request(), mutex(&free).request()];
    assert_eq!(kind(&lock_all(wanted, Wait::forever()).unwrap_err()), "would never end");
    assert!(is_left_alone(&free.path));
}

#[test]
fn none_is_all_of_none() {
    assert!(lock_all([] as [fasten::LockRequest; 0], Wait::forever()).unwrap().is_empty());
}

#[test]
fn one_that_is_not_to_wait_returns_while_the_files_are_replaced_without_end() {
    let files: Vec<Lock> = (0..150).map(|_| Lock::new()).collect();
    let (stop, (returned, end)) = (AtomicBool::new(false), channel());
    thread::scope(|scope| {
        for part in files.chunks(75) {
            let stop = &stop;
            scope.spawn(move || {
                for file in part.iter().cycle().take_while(|_| !stop.load(Relaxed)) {
                    let new = file.path.with_extension("new");
                    fs::write(&new, "").unwrap();
                    fs::rename(&new, &file.path).unwrap();
                }
            });
        }
        let wanted: Vec<_> = files.iter().map(|file| mutex(file).request()).collect();
        scope.spawn(move || {
            let locked = lock_all(wanted, Wait::never()).map_err(|error| kind(&error));
            returned.send(locked.map(|guards| guards.len())).unwrap();
        });
        let ended = end.recv_timeout(LIMIT);
        stop.store(true, Relaxed);
        assert!(matches!(ended, Ok(Ok(150) | Err("busy"))), "{ended:?}");
    });
}
