//! A forked child: what it has copied frees nothing, and it can lock by itself.

use std::sync::Barrier;
use std::thread;

use fasten::{InterProcessLock, InterProcessReaderWriterLock, LockOptions, Nested};

use crate::player::{is_left_alone, kind, player};
use crate::support::ordered::Lock;
use crate::support::until;

/// Runs this in a forked child; its end is the answer.
pub fn forked(child: impl FnOnce() -> bool) -> libc::pid_t {
    // SAFETY: the child runs on as a copy of this thread, uses nothing that another thread may have held (but for the C library's
    // own locks, which glibc sees to), and ends without running what the parent is to run at its end.
    match unsafe { libc::fork() } {
        0 => {
            let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(child)).unwrap_or(false);
            // SAFETY: it ends the process, and nothing else.
            unsafe { libc::_exit(i32::from(!answer)) }
        }
        pid => pid,
    }
}

pub fn answer(pid: libc::pid_t) -> bool {
    let mut status = 0;
    // SAFETY: the status is ours to be written to.
    assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
    libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0
}

#[test]
fn the_copy_of_a_guard_frees_nothing_when_the_child_drops_it() {
    let lock = Lock::new();
    let mutex = InterProcessLock::new(&lock.path);
    let guard = mutex.lock().unwrap();
    let mut copy = Some(guard);
    assert!(answer(forked(|| {
        drop(copy.take());
        true
    })));
    let mut other = player(&lock);
    assert_eq!(other.does("lock now"), "busy");
    drop(copy);
    assert_eq!(other.does("lock now"), "done");
}

#[test]
fn a_child_waits_for_what_its_parent_holds_or_joins_it() {
    let lock = Lock::new();
    let mutex = InterProcessLock::new(&lock.path);
    let joining = InterProcessLock::with_options(&lock.path, LockOptions::new().nested(Nested::Join));
    let _held = mutex.lock().unwrap();
    assert!(answer(forked(|| mutex.try_lock().is_err_and(|error| kind(&error) == "busy"))));
    let limit = std::time::Duration::from_millis(200);
    assert!(answer(forked(|| mutex.lock_timeout(limit).is_err_and(|error| kind(&error) == "timed out"))));
    assert!(answer(forked(|| joining.lock().is_ok())));
    assert_eq!(player(&lock).does("lock now"), "busy");
}

#[test]
fn a_child_does_not_share_the_open_files_of_its_parent() {
    let lock = Lock::new();
    let mutex = InterProcessLock::new(&lock.path);
    drop(mutex.lock().unwrap());
    let child = forked(|| {
        let held = mutex.lock();
        std::fs::write(lock.path.with_extension("in"), "").unwrap();
        until("it may go", || lock.path.with_extension("go").exists());
        held.is_ok()
    });
    until("the child is in", || lock.path.with_extension("in").exists());
    assert_eq!(kind(&mutex.try_lock().unwrap_err()), "busy");
    std::fs::write(lock.path.with_extension("go"), "").unwrap();
    assert!(answer(child));
    assert!(mutex.try_lock().is_ok());
}

#[test]
fn a_child_locks_although_a_thread_of_its_parent_held_the_line() {
    let lock = Lock::new();
    let shared = InterProcessReaderWriterLock::new(&lock.path);
    let (held, forked_now) = (Barrier::new(2), Barrier::new(2));
    let child = thread::scope(|scope| {
        scope.spawn(|| {
            let _guard = shared.write().unwrap();
            held.wait();
            forked_now.wait();
        });
        held.wait();
        let child = forked(|| {
            until("the parent has released", || shared.try_write().is_ok());
            true
        });
        forked_now.wait();
        child
    });
    assert!(answer(child));
    drop(shared);
    assert!(is_left_alone(&lock.path));
}

#[test]
fn a_grandchild_locks_too() {
    let lock = Lock::new();
    let mutex = InterProcessLock::new(&lock.path);
    drop(mutex.lock().unwrap());
    assert!(answer(forked(|| {
        drop(mutex.lock().unwrap());
        answer(forked(|| mutex.lock().is_ok()))
    })));
}
