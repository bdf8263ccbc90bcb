//! Readers and writers in no order, threads of several processes: every reader sees a whole.

use std::fs;
use std::thread;

use fasten::{InterProcessReaderWriterLock, Wait};

use crate::support::ordered::Lock;
use crate::support::{LIMIT, Running};

const THREADS: u64 = 3;
const TURNS: u64 = 60;
const PROCESSES: usize = 3;

/// Two files that are always alike when nobody writes.
fn write_both(directory: &std::path::Path) {
    let halves = [directory.join("left"), directory.join("right")];
    let number: u64 = fs::read_to_string(&halves[0]).unwrap().parse().unwrap();
    for half in halves {
        fs::write(half, (number + 1).to_string()).unwrap();
        thread::yield_now();
    }
}

fn look_at_both(directory: &std::path::Path) {
    let [left, right] = ["left", "right"].map(|half| fs::read_to_string(directory.join(half)).unwrap());
    assert_eq!(left, right, "seen what is not");
}

/// How often was written.
fn turns(lock: &InterProcessReaderWriterLock, start: u64) -> u64 {
    let directory = lock.path().parent().unwrap();
    let (mut random, mut written) = (start, 0);
    for _ in 0..TURNS {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let waiting = Wait::at_most(LIMIT);
        match (random >> 33) % 6 {
            0 | 1 => {
                let _guard = lock.write_with(waiting).unwrap();
                write_both(directory);
                written += 1;
            }
            2 => {
                let guard = lock.read_with(waiting).unwrap();
                look_at_both(directory);
                if guard.upgrade(waiting).is_ok() {
                    write_both(directory);
                    written += 1;
                    guard.downgrade().unwrap();
                }
                look_at_both(directory);
            }
            3 => {
                if let Ok(_guard) = lock.try_write() {
                    write_both(directory);
                    written += 1;
                }
            }
            _ => {
                let _guard = lock.read_with(waiting).unwrap();
                look_at_both(directory);
            }
        }
    }
    written
}

#[test]
fn readers_among_threads_and_processes_always_see_a_whole() {
    let lock = Lock::new();
    let directory = lock.place.directory();
    ["left", "right"].iter().for_each(|half| fs::write(directory.join(half), "0").unwrap());
    let own = std::env::current_exe().unwrap();
    let words = [own.to_str().unwrap(), "--exact", "chaos::takes_part", "--ignored", "--nocapture"];
    let mut others: Vec<Running> = (0..PROCESSES).map(|_| Running::start(&words)).collect();
    for other in &mut others {
        other.tell(lock.path.to_str().unwrap());
    }
    let written: u64 = others.iter_mut().map(said).sum();
    let told: u64 = fs::read_to_string(directory.join("left")).unwrap().parse().unwrap();
    assert_eq!(told, written);
    others.into_iter().for_each(Running::leave);
}

fn said(other: &mut Running) -> u64 {
    loop {
        let line = other.line();
        if let Some(number) = line.strip_prefix("written ") {
            return number.parse().unwrap();
        }
        assert!(!line.contains("panicked"), "{line}");
    }
}

#[test]
#[ignore = "the other test runs it, in a process of its own"]
fn takes_part() {
    let mut path = String::new();
    std::io::stdin().read_line(&mut path).unwrap();
    let lock = InterProcessReaderWriterLock::new(path.trim_end());
    let written: u64 = thread::scope(|scope| {
        let starts = (0..THREADS).map(|thread| u64::from(std::process::id()) * 8 + thread);
        let threads: Vec<_> = starts
            .map(|start| {
                scope.spawn({
                    let lock = &lock;
                    move || turns(lock, start)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    println!("\nwritten {written}");
}
