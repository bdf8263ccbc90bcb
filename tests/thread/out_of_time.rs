//! Threads that do not wait, or only until a deadline.

use std::thread;
use std::time::{Duration, Instant};

use fasten::thread::{LockError, ReaderWriterLock};

use crate::in_line::await_line;

#[test]
fn one_who_tries_is_told_that_the_lock_is_busy() {
    let lock = ReaderWriterLock::new();
    let others = |read, write| {
        thread::scope(|scope| {
            let told = scope.spawn(|| (lock.try_read().err(), lock.try_write().err()));
            assert_eq!(told.join().unwrap(), (read, write));
        });
    };
    others(None, None);
    let write = lock.write().unwrap();
    others(Some(LockError::Busy), Some(LockError::Busy));
    let _read = write.downgrade();
    others(None, Some(LockError::Busy));
}

#[test]
fn one_whose_time_is_up_leaves_nothing_behind() {
    let lock = ReaderWriterLock::new();
    let short = Duration::from_millis(20);
    let write = lock.write().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            let start = Instant::now();
            assert_eq!(lock.read_timeout(short).err(), Some(LockError::TimedOut));
            assert_eq!(lock.write_timeout(short).err(), Some(LockError::TimedOut));
            assert!(start.elapsed() >= 2 * short);
            let past = Instant::now();
            assert_eq!(lock.read_deadline(past).err(), Some(LockError::TimedOut));
            assert_eq!(lock.write_deadline(past).err(), Some(LockError::TimedOut));
            assert!(!lock.is_reader() && !lock.is_writer());
        });
    });
    assert_eq!(crate::in_line::in_line(&lock), (0, 0));
    drop(write);
    assert!(lock.try_write().is_ok());
}

#[test]
fn one_who_waits_with_a_limit_gets_in_when_the_lock_comes_free() {
    let lock = ReaderWriterLock::new();
    for limit in [Duration::from_secs(1000), Duration::MAX] {
        thread::scope(|scope| {
            let write = lock.write().unwrap();
            let reader = scope.spawn(|| lock.read_timeout(limit).is_ok());
            await_line(&lock, 1, 0);
            let writer = scope.spawn(|| lock.write_timeout(limit).is_ok());
            await_line(&lock, 1, 1);
            drop(write);
            assert!(reader.join().unwrap() && writer.join().unwrap());
        });
    }
}

#[test]
fn a_reader_behind_a_writer_whose_time_is_up_joins_the_reader_in_front_of_it() {
    let lock = ReaderWriterLock::new();
    thread::scope(|scope| {
        let _read = lock.read();
        let writer = scope.spawn(|| lock.write_timeout(Duration::from_millis(100)).err());
        while crate::in_line::in_line(&lock) != (0, 1) && !writer.is_finished() {
            thread::yield_now();
        }
        let reader = scope.spawn(|| drop(lock.read()));
        reader.join().unwrap();
        assert_eq!(writer.join().unwrap(), Some(LockError::TimedOut));
        assert!(!lock.has_pending_writers());
    });
}
