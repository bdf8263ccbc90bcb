//! Asking beside those who lock: it never gets into their way, and never takes a held lock for free.
#![cfg(target_os = "linux")]

#[path = "support/lockers.rs"]
mod support;

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use fasten::holders::{State, holders};
use support::{lock_file, locker};

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
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for thread in 0..2 {
            let (directory, done) = (directory.path(), &done);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    let locked: Vec<_> = (0..150)
                        .map(|number| {
                            let file =
                                std::fs::File::create(directory.join(format!("{thread} {number}"))).unwrap();
                            fs2::FileExt::lock_exclusive(&file).unwrap();
                            file
                        })
                        .collect();
                    drop(locked);
                }
            });
        }
        let wrong = (0..2000)
            .filter(|_| !holders(&path).is_ok_and(|report| report.state == State::Exclusive))
            .count();
        done.store(true, Ordering::Relaxed);
        assert_eq!(wrong, 0);
    });
}
