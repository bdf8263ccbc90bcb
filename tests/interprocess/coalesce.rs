//! Requests of which one waits, and the others leave: threads and processes together.

use std::collections::BTreeSet;
use std::process;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use fasten::{
    Error, Family, InterProcessLock, InterProcessReaderWriterLock, LockOptions, Preference, lock_all,
};

use crate::player::is_left_alone;
use crate::support::gate_file::COALESCE;
use crate::support::ordered::Lock;
use crate::support::{Running, complaint, fasten, until};

/// For what has to come long before, so that a failure is no hang.
const LIMIT: Duration = Duration::from_secs(60);
const COALESCING: LockOptions = LockOptions::new().coalesce(true);

fn coalescing(lock: &Lock) -> InterProcessLock {
    InterProcessLock::with_options(&lock.path, COALESCING)
}

/// Whether one of this process' threads can be seen to wait to run.
fn waits(lock: &Lock) -> bool {
    lock.table().iter().any(|entry| entry.pid == process::id() && entry.is_gate_from(COALESCE))
}

/// Asks, and expects to be covered by this process.
#[track_caller]
fn is_covered(asked: Result<fasten::Guard, Error>, lock: &Lock) {
    let error = asked.unwrap_err();
    let Error::Covered { path, waiter: Some(waiter), .. } = &error else { panic!("{error}") };
    assert_eq!((path, waiter.pid), (&lock.path, Some(process::id())), "{error}");
    assert!(error.is_covered() && !error.is_busy() && error.path() == lock.path);
    let pid = process::id();
    let text = error.to_string();
    assert!(text.contains(": covered by ") && text.contains(&format!("(pid {pid}, ")), "{text}");
    assert!(text.ends_with(", which waits to run"), "{text}");
    assert_eq!(std::io::Error::from(error).kind(), std::io::ErrorKind::Other);
}

#[test]
fn a_thread_that_waits_for_another_thread_covers_threads_and_processes() {
    let lock = Lock::new();
    let shared = coalescing(&lock);
    let held = shared.lock().unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| shared.lock_timeout(LIMIT).map(|guard| guard.uncoalesced_reason()));
        until("a thread waits to run", || waits(&lock));
        let other =
            || scope.spawn(|| is_covered(coalescing(&lock).lock_timeout(LIMIT), &lock)).join().unwrap();
        other();
        scope.spawn(|| is_covered(shared.try_lock(), &lock)).join().unwrap();
        let words = [fasten(), "exclusive", "--coalesce", lock.path.to_str().unwrap(), "--", "true"];
        let left = Running::start(&words).finish();
        let pid = format!("(pid {}, ", process::id());
        assert!(left.status.code() == Some(75) && complaint(&left).contains(&pid), "{left:?}");
        other();
        drop(held);
        assert_eq!(waiting.join().unwrap().unwrap(), None);
    });
    drop(shared);
    assert!(is_left_alone(&lock.path));
}

#[test]
fn a_thread_that_waits_for_another_process_covers_the_other_threads() {
    for preference in [Preference::PhaseFair, Preference::Writer, Preference::Reader] {
        let lock = Lock::new();
        let holder = lock.held("exclusive");
        let shared =
            InterProcessReaderWriterLock::with_options(&lock.path, COALESCING.preference(preference));
        thread::scope(|scope| {
            let waiting = scope.spawn(|| shared.write_timeout(LIMIT).map(drop));
            until("a thread waits to run", || waits(&lock));
            is_covered(shared.write_timeout(LIMIT), &lock);
            assert!(shared.try_read().unwrap_err().is_busy(), "readers do not coalesce");
            assert!(InterProcessLock::new(&lock.path).try_lock().unwrap_err().is_busy(), "nor do others");
            holder.leave();
            waiting.join().unwrap().unwrap();
        });
    }
}

#[test]
fn one_that_gives_up_covers_nobody_any_more() {
    let lock = Lock::new();
    let shared = coalescing(&lock);
    let held = shared.lock().unwrap();
    thread::scope(|scope| {
        let soon = || shared.lock_timeout(Duration::from_millis(20)).unwrap_err();
        assert!(scope.spawn(soon).join().unwrap().is_timed_out());
        assert!(scope.spawn(soon).join().unwrap().is_timed_out());
        assert!(scope.spawn(|| shared.try_lock().unwrap_err()).join().unwrap().is_busy());
    });
    drop(held);
    assert!(!waits(&lock));
}

#[test]
fn the_thread_that_holds_it_is_told_so() {
    let lock = Lock::new();
    let shared = coalescing(&lock);
    let _held = shared.lock().unwrap();
    assert!(matches!(shared.lock(), Err(Error::Deadlock { .. })));
}

#[test]
fn of_several_locks_one_that_is_covered_ends_the_call_and_none_is_held() {
    let (lock, other) = (Lock::new(), Lock::new());
    let shared = coalescing(&lock);
    let second = coalescing(&other);
    let held = shared.lock().unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| shared.lock_timeout(LIMIT).map(drop));
        until("a thread waits to run", || waits(&lock));
        let both = || lock_all([shared.request(), second.request()], LIMIT).map(drop).unwrap_err();
        assert!(scope.spawn(both).join().unwrap().is_covered());
        assert!(second.try_lock().is_ok());
        drop(held);
        waiting.join().unwrap().unwrap();
    });
}

/// Each request changes something first, and who has the lock looks at it first. Every change has been looked at in
/// the end, although most requests have left.
#[test]
fn every_request_that_leaves_is_followed_by_a_start() {
    for family in [Family::Flock, Family::Fcntl] {
        let lock = Lock::new();
        let options = COALESCING.family(family);
        let changes = AtomicU64::new(0);
        let (seen, left) = (Mutex::new(0), Mutex::new(BTreeSet::new()));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let own = InterProcessLock::with_options(&lock.path, options);
                    for _ in 0..50 {
                        let change = changes.fetch_add(1, SeqCst) + 1;
                        match own.lock_timeout(LIMIT) {
                            Ok(_held) => {
                                let found = changes.load(SeqCst);
                                thread::yield_now();
                                let mut seen = seen.lock().unwrap();
                                *seen = found.max(*seen);
                            }
                            Err(error) if error.is_covered() => {
                                left.lock().unwrap().insert(change);
                            }
                            Err(error) => panic!("{error}"),
                        }
                    }
                });
            }
        });
        let (seen, left) = (seen.into_inner().unwrap(), left.into_inner().unwrap());
        assert!(left.iter().all(|change| *change <= seen), "{family:?}: {seen} {left:?}");
        assert!(!left.is_empty(), "{family:?}: none has left");
        assert!(is_left_alone(&lock.path), "{family:?}");
    }
}
