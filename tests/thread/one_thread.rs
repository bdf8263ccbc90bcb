//! One thread and its lock: the tests of fasteners' `test_lock.py` in which a lock meets one thread only.
//!
//! `test_error_when_releasing_*` have no counterpart: a guard in the wrong hands does not compile (see the doctests of
//! `ReadGuard` and `WriteGuard`).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use fasten::thread::LockError;
use fasten::thread::{Owner, Preference, ReaderWriterLock};

#[test]
fn a_new_lock_is_free_and_phase_fair() {
    let lock = ReaderWriterLock::default();
    assert_eq!(lock.owner(), None);
    assert_eq!(lock.preference(), Preference::PhaseFair);
    assert!(!lock.is_reader() && !lock.is_writer() && !lock.has_pending_writers());
}

#[test]
fn a_thread_reads_then_writes_then_reads() {
    let lock = ReaderWriterLock::new();
    {
        let _read = lock.read();
        assert!(lock.is_reader());
    }
    {
        let _write = lock.write().unwrap();
        assert!(lock.is_writer());
    }
    {
        let _read = lock.read();
        assert!(lock.is_reader());
    }
    assert!(!lock.is_reader() && !lock.is_writer());
    assert_eq!(lock.owner(), None);
}

#[test]
fn a_reader_may_read_again() {
    let lock = ReaderWriterLock::new();
    let outer = lock.read();
    let inner = lock.read();
    assert!(lock.is_reader() && !lock.is_writer());
    drop(outer);
    assert!(lock.is_reader());
    assert_eq!(lock.owner(), Some(Owner::Reader));
    drop(inner);
    assert!(!lock.is_reader());
    assert_eq!(lock.owner(), None);
}

#[test]
fn a_writer_may_write_again() {
    let lock = ReaderWriterLock::new();
    let outer = lock.write().unwrap();
    let inner = lock.write().unwrap();
    assert!(!lock.is_reader() && lock.is_writer());
    drop(outer);
    assert!(lock.is_writer());
    assert_eq!(lock.owner(), Some(Owner::Writer));
    drop(inner);
    assert_eq!(lock.owner(), None);
}

#[test]
fn a_writer_may_read() {
    let lock = ReaderWriterLock::new();
    let write = lock.write().unwrap();
    let read = lock.read();
    assert!(lock.is_writer() && lock.is_reader());
    drop(read);
    assert!(lock.is_writer() && !lock.is_reader());
    drop(write);
    assert!(!lock.is_writer() && !lock.is_reader());
}

#[test]
fn a_writer_that_reads_may_write_again() {
    let lock = ReaderWriterLock::new();
    let _write = lock.write().unwrap();
    let _read = lock.read();
    let _again = lock.write().unwrap();
    assert!(lock.is_writer() && lock.is_reader());
    assert!(lock.try_write().is_ok() && lock.try_read().is_ok());
}

#[test]
fn a_reader_that_asks_to_write_is_refused_at_once_and_goes_on_reading() {
    let lock = ReaderWriterLock::new();
    let read = lock.read();
    let never = Some(LockError::Deadlock);
    let long = std::time::Duration::from_secs(1000);
    assert_eq!(lock.write().err(), never);
    assert_eq!(lock.try_write().err(), never);
    assert_eq!(lock.write_timeout(long).err(), never);
    assert!(lock.is_reader() && !lock.is_writer());
    drop(read);
    assert!(lock.try_write().is_ok());
}

#[test]
fn a_writer_becomes_a_reader_by_keeping_the_read() {
    let lock = ReaderWriterLock::new();
    let write = lock.write().unwrap();
    let read = lock.read();
    drop(write);
    assert!(lock.is_reader() && !lock.is_writer());
    assert_eq!(lock.owner(), Some(Owner::Reader));
    assert_eq!(lock.write().err(), Some(LockError::Deadlock));
    thread::scope(|scope| {
        scope.spawn(|| {
            assert!(lock.try_read().is_ok());
            assert_eq!(lock.try_write().err(), Some(LockError::Busy));
        });
    });
    drop(read);
    assert_eq!(lock.owner(), None);
}

#[test]
fn a_downgrade_inside_another_write_takes_effect_when_that_ends() {
    let lock = ReaderWriterLock::new();
    let outer = lock.write().unwrap();
    let read = lock.write().unwrap().downgrade();
    assert!(lock.is_reader() && lock.is_writer());
    drop(outer);
    assert!(lock.is_reader() && !lock.is_writer());
    drop(read);
    assert_eq!(lock.owner(), None);
}

#[test]
fn a_panic_releases_every_guard_on_its_way_and_poisons_nothing() {
    let lock = ReaderWriterLock::new();
    for write in [false, true] {
        let broken = catch_unwind(AssertUnwindSafe(|| {
            let _write = write.then(|| lock.write().unwrap());
            let _outer = lock.read();
            let _inner = lock.read();
            assert!(lock.owner().is_none(), "Broken");
        }));
        assert!(broken.is_err());
        assert_eq!(lock.owner(), None);
        assert!(lock.try_write().is_ok());
    }
}

#[test]
fn a_lock_is_not_taken_for_another() {
    let locks: Vec<_> = (0..100).map(|_| ReaderWriterLock::new()).collect();
    let guards: Vec<_> = locks.iter().step_by(2).map(ReaderWriterLock::read).collect();
    for (number, lock) in locks.iter().enumerate() {
        assert_eq!(lock.is_reader(), number % 2 == 0);
    }
    drop(guards);
    assert!(locks.iter().all(|lock| !lock.is_reader()));
}

#[test]
fn a_lock_whose_guard_was_forgotten_leaves_nothing_to_the_next_at_its_place() {
    let mut place = ReaderWriterLock::new();
    for _ in 0..10 {
        std::mem::forget(place.read());
        assert!(place.is_reader());
        place = ReaderWriterLock::new();
        assert!(!place.is_reader());
        assert!(place.try_write().is_ok());
    }
}

#[test]
fn a_thread_that_ends_without_dropping_its_guard_holds_the_lock_for_good() {
    let lock = ReaderWriterLock::new();
    thread::scope(|scope| {
        scope.spawn(|| std::mem::forget(lock.read()));
    });
    assert_eq!(lock.owner(), Some(Owner::Reader));
    assert!(!lock.is_reader() && lock.try_read().is_ok());
    assert_eq!(lock.try_write().err(), Some(LockError::Busy));
}

#[test]
fn a_guard_in_a_thread_local_is_released_when_its_thread_ends() {
    use fasten::thread::ReadGuard;
    use std::cell::RefCell;

    static LOCK: ReaderWriterLock = ReaderWriterLock::new();
    thread_local! {
        static KEPT: RefCell<Option<ReadGuard<'static>>> = const { RefCell::new(None) };
    }
    let thread = thread::spawn(|| {
        KEPT.set(Some(LOCK.read()));
    });
    thread.join().unwrap();
    assert_eq!(LOCK.owner(), None);
}
