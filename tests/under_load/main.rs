//! Asking beside those who lock: it never gets into their way, never takes a held lock for free, and tells
//! everyone once. A program of its own, so that no other test comes and goes beside it.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use fasten::holders::{State, all, of as holders};

use support::Running;
use support::lockers::{asking, flock, lock_file, locker, until_blocked};

/// Asks so many times, while enough other locks come and go that the table has several pieces and is never
/// the same twice. One test at a time: that is load enough.
fn while_others_come_and_go(directory: &Path, times: usize, mut ask: impl FnMut()) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for thread in 0..2 {
            let done = &done;
            let files: Vec<_> = (0..150)
                .map(|number| File::create(directory.join(format!("{thread} {number}"))).unwrap())
                .collect();
            scope.spawn(move || {
                let pause = || std::thread::sleep(Duration::from_micros(200));
                while !done.load(Ordering::Relaxed) {
                    files.iter().for_each(|file| fs2::FileExt::lock_exclusive(file).unwrap());
                    pause();
                    files.iter().for_each(|file| fs2::FileExt::unlock(file).unwrap());
                    pause();
                }
            });
        }
        let asked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| (0..times).for_each(|_| ask())));
        done.store(true, Ordering::Relaxed);
        asked.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
}

#[test]
fn asking_causes_no_refusal() {
    let (_directory, path) = lock_file();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let mut asked = 0;
            while !done.load(Ordering::Relaxed) {
                holders(&path).unwrap();
                asked += 1;
            }
            asked
        });
        let ask = || Command::new("flock").arg("-n").arg(&path).arg("true").status();
        let refused = (0..200).filter(|_| !ask().is_ok_and(|status| status.success())).count();
        done.store(true, Ordering::Relaxed);
        assert_eq!(refused, 0);
        assert!(asking.join().unwrap() > 0);
    });
}

#[test]
fn a_held_lock_is_never_free_while_others_come_and_go() {
    let (directory, path) = lock_file();
    let _holder = locker(&path, &["flock:ex"]);
    while_others_come_and_go(directory.directory(), 50, || {
        assert_eq!(holders(&path).unwrap().state, State::Exclusive);
    });
}

#[test]
fn everyone_is_told_once_while_others_come_and_go() {
    let (directory, path) = lock_file();
    let mut readers: Vec<Running> = (0..20).map(|_| flock(&["-s"], &path)).collect();
    readers.iter_mut().for_each(|reader| drop(reader.line()));
    let writers: Vec<Running> = (0..3).map(|_| asking(&path, &["flock:ex"])).collect();
    until_blocked(&path, writers.len());
    let sorted = |pids: &mut dyn Iterator<Item = u32>| {
        let mut pids: Vec<u32> = pids.collect();
        pids.sort_unstable();
        pids
    };
    let reading = sorted(&mut readers.iter().map(|reader| reader.pid));
    let waiting = sorted(&mut writers.iter().map(|writer| writer.pid));
    while_others_come_and_go(directory.directory(), 50, || {
        let report = holders(&path).unwrap();
        assert_eq!(sorted(&mut report.holders.iter().map(|holder| holder.pid.unwrap())), reading);
        assert_eq!(sorted(&mut report.waiters.iter().map(|waiter| waiter.pid.unwrap())), waiting);
    });
}

#[test]
fn every_held_file_is_told_once_while_others_come_and_go() {
    let (directory, _) = lock_file();
    let held: Vec<_> = (0..20).map(|number| directory.path(format!("held {number}"))).collect();
    let _files: Vec<File> = held
        .iter()
        .map(|path| {
            let file = File::create(path).unwrap();
            fs2::FileExt::lock_exclusive(&file).unwrap();
            file
        })
        .collect();
    while_others_come_and_go(directory.directory(), 50, || {
        let reports = all().unwrap();
        for path in &held {
            let of_path = reports.iter().filter(|report| report.path.as_ref() == Some(path));
            assert!(of_path.map(|report| report.state).eq([State::Exclusive]), "{path:?} of {reports:#?}");
        }
    });
}
