//! The path may come to lead to another file while somebody waits.

use std::fs;
use std::process::Command;
use std::thread;

use super::support::{FASTEN, Place, hold, release, until, waits};

/// Notes that somebody was there at the same time; the last thing that it does
/// inside is to do the lock file away, under those who wait for it. (Whoever does
/// that while another is inside lets a newcomer in: no lock on a file can help
/// against it.)
fn critical_section(done_away: &str) -> String {
    format!("mkdir inside || echo two >>broken; echo once >>count; rmdir inside; {done_away}")
}

const CONTENDERS: usize = 8;
const TURNS: usize = 100;

fn never_two(subcommand: &str, done_away: &str) {
    let place = Place::new();
    thread::scope(|scope| {
        for _ in 0..CONTENDERS {
            scope.spawn(|| {
                for _ in 0..TURNS {
                    let mut run = Command::new(FASTEN);
                    run.args([subcommand, "a.lock", "-c", &critical_section(done_away)]);
                    assert!(run.current_dir(place.folder()).status().unwrap().success());
                }
            });
        }
    });
    assert!(!place.path("broken").exists(), "two were in the critical section");
    assert_eq!(place.text("count").lines().count(), CONTENDERS * TURNS);
}

#[test]
fn deleting_the_lock_file_lets_nobody_in_beside_the_holder() {
    never_two("exclusive", "rm -f a.lock");
}

#[test]
fn replacing_the_lock_file_lets_nobody_in_beside_the_holder() {
    never_two("write", "touch new.$$; mv new.$$ a.lock");
}

#[test]
fn a_waiter_whose_file_was_replaced_waits_for_the_holder_of_the_new_one() {
    let place = Place::new();
    let first = hold(&place, "exclusive");
    let mut waiter = Command::new(FASTEN)
        .args(["exclusive", "-q", "-w", "60"])
        .arg(&place.lock)
        .args(["--", "true"])
        .spawn()
        .unwrap();
    until("it waits for the old file", || waits(waiter.id(), &place.lock));
    fs::remove_file(&place.lock).unwrap();
    let second = hold(&place, "exclusive");
    release(first);
    until("it waits for the new file", || waits(waiter.id(), &place.lock));
    release(second);
    assert!(waiter.wait().unwrap().success());
}
