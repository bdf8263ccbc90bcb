//! The threads of one process.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use fasten::{Family, InterProcessLock, InterProcessReaderWriterLock, LockOptions, Preference};

use crate::player::{count, is_left_alone};
use crate::support::ordered::Lock;

fn never_two(path: impl Fn(usize) -> InterProcessLock + Sync) {
    let inside = AtomicUsize::new(0);
    thread::scope(|scope| {
        for number in 0..8 {
            let (path, inside) = (&path, &inside);
            scope.spawn(move || {
                let lock = path(number);
                for _ in 0..200 {
                    let _guard = lock.lock().unwrap();
                    assert_eq!(inside.fetch_add(1, SeqCst), 0);
                    thread::yield_now();
                    assert_eq!(inside.fetch_sub(1, SeqCst), 1);
                }
            });
        }
    });
}

#[test]
fn threads_that_share_an_object_exclude_each_other() {
    let lock = Lock::new();
    let shared = InterProcessLock::new(&lock.path);
    never_two(|_| shared.clone());
    drop(shared);
    assert!(is_left_alone(&lock.path));
}

#[test]
fn threads_with_an_object_each_exclude_each_other() {
    let lock = Lock::new();
    never_two(|_| InterProcessLock::new(&lock.path));
}

#[test]
fn threads_that_name_the_file_by_different_paths_exclude_each_other() {
    let lock = Lock::new();
    let paths: Vec<_> = (0..8).map(|number| lock.path.with_extension(number.to_string())).collect();
    paths.iter().for_each(|path| fs::hard_link(&lock.path, path).unwrap());
    never_two(|number| InterProcessLock::new(&paths[number]));
}

#[test]
fn threads_exclude_each_other_with_fcntl_locks() {
    let lock = Lock::new();
    let shared = InterProcessLock::with_options(&lock.path, LockOptions::new().family(Family::Fcntl));
    never_two(|_| shared.clone());
    drop(shared);
    assert!(is_left_alone(&lock.path));
}

fn readers_and_a_writer(options: LockOptions) {
    let lock = Lock::new();
    let shared = InterProcessReaderWriterLock::with_options(&lock.path, options);
    let (readers, writers) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for number in 0..8 {
            let (shared, readers, writers) = (&shared, &readers, &writers);
            scope.spawn(move || {
                for turn in 0..100 {
                    if (number + turn) % 4 == 0 {
                        let _guard = shared.write().unwrap();
                        assert_eq!(writers.fetch_add(1, SeqCst), 0);
                        assert_eq!(readers.load(SeqCst), 0);
                        thread::yield_now();
                        writers.fetch_sub(1, SeqCst);
                    } else {
                        let _guard = shared.read().unwrap();
                        readers.fetch_add(1, SeqCst);
                        assert_eq!(writers.load(SeqCst), 0);
                        thread::yield_now();
                        readers.fetch_sub(1, SeqCst);
                    }
                }
            });
        }
    });
    drop(shared);
    assert!(is_left_alone(&lock.path));
}

#[test]
fn readers_and_writers_exclude_each_other_whatever_the_preference_and_family() {
    for family in [Family::Flock, Family::Fcntl] {
        for preference in [Preference::PhaseFair, Preference::Reader, Preference::Writer] {
            readers_and_a_writer(LockOptions::new().family(family).preference(preference));
        }
    }
}

#[test]
fn readers_are_inside_together() {
    let lock = Lock::new();
    let shared = InterProcessReaderWriterLock::new(&lock.path);
    let _first = shared.read().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| drop(shared.read_timeout(Duration::from_secs(60)).unwrap()));
    });
}

#[test]
fn a_panic_releases() {
    let lock = Lock::new();
    let shared = InterProcessLock::new(&lock.path);
    let panicked = thread::scope(|scope| {
        let inside = scope.spawn(|| {
            let _guard = shared.lock().unwrap();
            std::panic::resume_unwind(Box::new("inside"));
        });
        inside.join()
    });
    assert!(panicked.is_err());
    assert!(shared.try_lock().is_ok());
}

#[test]
fn a_guard_that_another_thread_local_keeps_is_released_when_the_thread_ends() {
    thread_local!(static KEPT: std::cell::RefCell<Option<fasten::Guard>> = const { std::cell::RefCell::new(None) });
    let lock = Lock::new();
    let shared = InterProcessLock::new(&lock.path);
    thread::scope(|scope| {
        scope.spawn(|| KEPT.set(Some(shared.lock().unwrap())));
    });
    let start = Instant::now();
    while shared.try_lock().is_err() {
        assert!(start.elapsed() < Duration::from_secs(60));
        thread::yield_now();
    }
}

#[test]
fn counting_in_a_file_loses_nothing() {
    let lock = Lock::new();
    let shared = InterProcessLock::new(&lock.path);
    let file = lock.path.with_extension("count");
    fs::write(&file, "0").unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let _guard = shared.lock().unwrap();
                    count(&file);
                }
            });
        }
    });
    assert_eq!(fs::read_to_string(&file).unwrap().trim(), "200");
}
