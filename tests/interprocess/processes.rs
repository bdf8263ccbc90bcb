//! Processes: exclusion, the end of a holder, many at once.

use std::fs;
use std::thread;

use fasten::{InterProcessLock, InterProcessReaderWriterLock, Wait};

use crate::player::{Player, count, kind, player, waiters};
use crate::support::ordered::Lock;
use crate::support::until;

#[test]
fn a_process_and_a_thread_exclude_each_other() {
    let lock = Lock::new();
    let mutex = InterProcessLock::new(&lock.path);
    let mut other = player(&lock);
    let held = mutex.lock().unwrap();
    assert_eq!(other.does("lock now"), "busy");
    assert_eq!(other.does("read now"), "busy");
    other.begins("write");
    until("it waits", || waiters(&lock.path).iter().any(|entry| entry.pid == other.pid()));
    drop(held);
    assert_eq!(other.answer(), "done");
    assert_eq!(kind(&mutex.try_lock().unwrap_err()), "busy");
}

#[test]
fn the_crash_of_a_process_releases_what_it_held() {
    for how in ["lock", "read", "write", "prefer"] {
        let lock = Lock::new();
        let mut other = player(&lock);
        assert_eq!(other.does(how), "done");
        let mutex = InterProcessLock::new(&lock.path);
        assert_eq!(kind(&mutex.try_lock().unwrap_err()), "busy");
        other.kill();
        assert!(mutex.try_lock().is_ok());
        assert!(InterProcessReaderWriterLock::new(&lock.path).try_write().is_ok());
    }
}

#[test]
fn the_crash_of_one_that_waits_lets_the_next_one_in() {
    let lock = Lock::new();
    let (mut first, mut second) = (player(&lock), player(&lock));
    let held = InterProcessReaderWriterLock::new(&lock.path).write().unwrap();
    first.begins("write");
    until("the first waits", || waiters(&lock.path).iter().any(|entry| entry.pid == first.pid()));
    second.begins("write");
    until("the second waits", || waiters(&lock.path).iter().any(|entry| entry.pid == second.pid()));
    first.kill();
    drop(held);
    assert_eq!(second.answer(), "done");
}

#[test]
fn threads_and_processes_together_count_without_a_loss() {
    let lock = Lock::new();
    let file = lock.path.with_extension("count");
    fs::write(&file, "0").unwrap();
    let mutex = InterProcessLock::new(&lock.path);
    let mut players: Vec<Player> = (0..3).map(|_| player(&lock)).collect();
    players.iter_mut().for_each(|player| player.begins("count 100"));
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for _ in 0..100 {
                    let _guard = mutex.lock().unwrap();
                    count(&file);
                }
            });
        }
    });
    players.iter_mut().for_each(|player| assert_eq!(player.answer(), "done"));
    assert_eq!(fs::read_to_string(&file).unwrap().trim(), "600");
}

/// As in fasteners' `test_lock_acquisition` for many: fifty processes, fifty files, each takes every file.
#[test]
fn fifty_processes_on_fifty_files() {
    let locks: Vec<Lock> = (0..50).map(|_| Lock::new()).collect();
    let mut players: Vec<Player> = locks.iter().map(player).collect();
    players.iter_mut().for_each(|player| player.begins("lock"));
    players.iter_mut().for_each(|player| assert_eq!(player.answer(), "done"));
    for lock in &locks {
        assert_eq!(kind(&InterProcessLock::new(&lock.path).try_lock().unwrap_err()), "busy");
    }
    players.iter_mut().for_each(|player| player.begins("drop"));
    let wanted = locks.iter().map(|lock| InterProcessLock::new(&lock.path).request());
    assert_eq!(fasten::lock_all(wanted, Wait::forever()).unwrap().len(), 50);
}
