//! Nobody is kept out: not by the threads of another process, and not by one that comes back at once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread;

use fasten::{InterProcessLock, InterProcessReaderWriterLock};

use crate::player::player;
use crate::support::ordered::Lock;
use crate::support::until;

/// Keeps threads at it until this is done; they are at it before it begins, and still at its end.
fn while_threads(count: usize, busy: impl Fn() + Sync, done: impl FnOnce()) {
    let (stop, rounds) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| {
                while !stop.load(Relaxed) {
                    busy();
                    rounds.fetch_add(1, Relaxed);
                }
            });
        }
        until("they are at it", || rounds.load(Relaxed) > 10 * count);
        done();
        let before = rounds.load(Relaxed);
        until("they are at it still", || rounds.load(Relaxed) > before);
        stop.store(true, Relaxed);
    });
}

/// Threads of this process take the lock in this way, and another process gets in twenty times.
fn does_not_keep_out(how: &str, count: usize, busy: impl Fn(&InterProcessReaderWriterLock) + Sync) {
    let lock = Lock::new();
    let shared = InterProcessReaderWriterLock::new(&lock.path);
    let mut other = player(&lock);
    let gets_in = || {
        for _ in 0..20 {
            assert_eq!(other.does(how), "done");
            assert_eq!(other.does("drop"), "done");
        }
    };
    while_threads(count, || busy(&shared), gets_in);
}

#[test]
fn a_stream_of_reader_threads_does_not_keep_a_writer_of_another_process_out() {
    does_not_keep_out("write", 4, |lock| drop(lock.read().unwrap()));
}

#[test]
fn a_stream_of_writer_threads_does_not_keep_a_reader_of_another_process_out() {
    does_not_keep_out("read", 4, |lock| drop(lock.write().unwrap()));
}

#[test]
fn one_that_comes_back_at_once_does_not_keep_a_writer_of_another_process_out() {
    does_not_keep_out("write", 1, |lock| drop(lock.write().unwrap()));
}

#[test]
fn one_that_holds_for_long_and_comes_back_at_once_does_not_keep_another_process_out() {
    let lock = Lock::new();
    let mutex = InterProcessLock::new(&lock.path);
    let mut other = player(&lock);
    while_threads(
        1,
        || {
            let _held = mutex.lock().unwrap();
            thread::sleep(std::time::Duration::from_millis(3));
        },
        || {
            for _ in 0..10 {
                assert_eq!(other.does("lock"), "done");
                assert_eq!(other.does("drop"), "done");
            }
        },
    );
}
