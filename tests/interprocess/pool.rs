//! Files that stay open between two takings, and the path that must still lead to them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use fasten::{Error, InterProcessLock, InterProcessReaderWriterLock, LockOptions, OpenError};

use crate::player::{kind, player};
use crate::support::ordered::Lock;
use crate::support::until;

#[test]
fn a_file_that_was_put_in_the_place_of_the_lock_is_the_lock() {
    let lock = Lock::new();
    let mutex = InterProcessLock::new(&lock.path);
    drop(mutex.lock().unwrap());
    fs::rename(&lock.path, lock.path.with_extension("old")).unwrap();
    fs::write(&lock.path, "").unwrap();
    let mut other = player(&lock);
    assert_eq!(other.does("lock"), "done");
    assert_eq!(kind(&mutex.try_lock().unwrap_err()), "busy");
    assert_eq!(other.does("drop"), "done");
    let held = mutex.lock().unwrap();
    assert_eq!(other.does("lock now"), "busy");
    drop(held);
}

#[test]
fn a_lock_file_that_was_removed_is_created_anew() {
    let lock = Lock::new();
    let mutex = InterProcessLock::new(&lock.path);
    drop(mutex.lock().unwrap());
    fs::remove_file(&lock.path).unwrap();
    let _held = mutex.lock().unwrap();
    assert_eq!(player(&lock).does("lock now"), "busy");
}

#[test]
fn one_who_waits_in_the_line_finds_that_the_path_leads_elsewhere() {
    let lock = Lock::new();
    let mutex = InterProcessLock::new(&lock.path);
    let held = mutex.lock().unwrap();
    std::thread::scope(|scope| {
        let (ready, waits) = std::sync::mpsc::channel();
        let mutex = &mutex;
        let waiter = scope.spawn(move || {
            let ready = move |_: &_| _ = ready.send(());
            mutex.lock_with(fasten::Wait::forever().on_wait(&ready)).map(drop)
        });
        waits.recv().unwrap();
        fs::remove_file(&lock.path).unwrap();
        fs::write(&lock.path, "").unwrap();
        let mut other = player(&lock);
        assert_eq!(other.does("lock"), "done");
        drop(held);
        until("it waits for the new one", || {
            crate::player::waiters(&lock.path).iter().any(|entry| entry.pid == std::process::id())
        });
        assert_eq!(other.does("drop"), "done");
        waiter.join().unwrap().unwrap();
    });
}

#[test]
fn a_lock_file_that_has_become_a_program_can_be_run_again() {
    let lock = Lock::new();
    let shared = InterProcessReaderWriterLock::new(&lock.path);
    drop(shared.write().unwrap());
    fs::copy("/bin/true", &lock.path).unwrap();
    fs::set_permissions(&lock.path, fs::Permissions::from_mode(0o755)).unwrap();
    let held = shared.write().unwrap();
    assert!(Command::new(&lock.path).status().unwrap().success());
    drop(held);
}

#[test]
fn the_file_stays_open_and_is_not_opened_again() {
    let lock = Lock::new();
    let mutex = InterProcessLock::new(&lock.path);
    let descriptor = |guard: &fasten::Guard| {
        use std::os::fd::AsRawFd;
        guard.descriptor().unwrap().as_raw_fd()
    };
    let first = descriptor(&mutex.lock().unwrap());
    for _ in 0..100 {
        assert_eq!(descriptor(&mutex.lock().unwrap()), first);
    }
}

#[test]
fn a_missing_file_is_created_as_the_options_say() {
    let lock = Lock::new();
    let missing = lock.path.with_extension("missing");
    let none = InterProcessLock::with_options(&missing, LockOptions::new().create(false)).lock().unwrap_err();
    assert!(matches!(none, Error::CouldNotOpen { why: OpenError::Missing, .. }), "{none}");
    assert!(!missing.exists());
    drop(InterProcessLock::with_options(&missing, LockOptions::new().permissions(0o600)).lock().unwrap());
    assert_eq!(fs::metadata(&missing).unwrap().permissions().mode() & 0o777, 0o600);
}
