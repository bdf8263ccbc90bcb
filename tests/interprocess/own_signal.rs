//! A program that uses SIGURG itself: a wait with a limit neither loses its signals nor its handler.

use std::env;
use std::process::Command;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use fasten::{InterProcessLock, Wait};

use crate::support::ordered::Lock;

static SEEN: AtomicUsize = AtomicUsize::new(0);

extern "C" fn count(_signal: libc::c_int) {
    SEEN.fetch_add(1, SeqCst);
}

extern "C" fn another(_signal: libc::c_int) {}

/// The signal's disposition belongs to the whole process, so each test has one of its own.
fn alone(test: &str) {
    let own = env::current_exe().unwrap();
    let words = ["--exact", test, "--ignored", "--test-threads=1", "--nocapture"];
    let ended = Command::new(own).args(words).output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    assert!(String::from_utf8_lossy(&ended.stdout).contains("1 passed"), "{ended:?}");
}

fn handle(handler: extern "C" fn(libc::c_int), flags: libc::c_int) {
    // SAFETY: a zeroed sigaction is a valid one, and the handler is safe at any point.
    unsafe {
        let mut wanted: libc::sigaction = std::mem::zeroed();
        wanted.sa_sigaction = handler as *const () as libc::sighandler_t;
        wanted.sa_flags = flags;
        assert_eq!(libc::sigaction(libc::SIGURG, &raw const wanted, ptr::null_mut()), 0);
    }
}

fn disposition() -> libc::sigaction {
    // SAFETY: a zeroed sigaction is a valid one, and is filled in.
    unsafe {
        let mut found: libc::sigaction = std::mem::zeroed();
        assert_eq!(libc::sigaction(libc::SIGURG, ptr::null(), &raw mut found), 0);
        found
    }
}

/// Calls `meanwhile` while another thread waits with a limit.
fn during_a_wait(meanwhile: impl FnOnce()) {
    let lock = Lock::new();
    let mutex = InterProcessLock::new(&lock.path);
    let held = mutex.lock().unwrap();
    thread::scope(|scope| {
        let (ready, waits) = channel();
        let mutex = &mutex;
        let waiter = scope.spawn(move || {
            let other = InterProcessLock::new(mutex.path());
            let ready = move |_: &_| ready.send(()).unwrap();
            other.lock_with(Wait::at_most(Duration::from_secs(60)).on_wait(&ready)).map(drop)
        });
        waits.recv().unwrap();
        meanwhile();
        drop(held);
        waiter.join().unwrap().unwrap();
    });
}

#[test]
fn a_wait_with_a_limit_leaves_the_programs_own_signals_to_its_handler() {
    alone("own_signal::signals_of_the_program");
}

#[test]
#[ignore = "the disposition belongs to the process: it is run in one of its own"]
fn signals_of_the_program() {
    handle(count, libc::SA_RESTART);
    let before = disposition();
    during_a_wait(|| {
        // SAFETY: it sends a signal to this thread, which has a handler for it.
        (0..10).for_each(|_| unsafe { assert_eq!(libc::raise(libc::SIGURG), 0) });
    });
    assert!(SEEN.load(SeqCst) >= 10, "{SEEN:?}");
    assert_eq!(disposition().sa_sigaction, before.sa_sigaction);
    assert_eq!(disposition().sa_flags & libc::SA_RESTART, libc::SA_RESTART);
}

#[test]
fn a_handler_that_the_program_installs_during_a_wait_stays() {
    alone("own_signal::another_handler");
}

#[test]
#[ignore = "the disposition belongs to the process: it is run in one of its own"]
fn another_handler() {
    handle(count, 0);
    during_a_wait(|| handle(another, 0));
    assert_eq!(disposition().sa_sigaction, another as *const () as libc::sighandler_t);
}

static BEFORE_IT: AtomicUsize = AtomicUsize::new(0);

/// A handler that calls the one that was there before it, as libraries do.
extern "C" fn chaining(signal: libc::c_int) {
    SEEN.fetch_add(1, SeqCst);
    match BEFORE_IT.load(SeqCst) {
        libc::SIG_DFL | libc::SIG_IGN => {}
        // SAFETY: it is the handler that the kernel had before this one.
        before => unsafe { std::mem::transmute::<usize, extern "C" fn(libc::c_int)>(before)(signal) },
    }
}

#[test]
fn a_handler_that_calls_ours_does_not_call_itself_without_end() {
    alone("own_signal::a_chain_of_handlers");
}

#[test]
#[ignore = "the disposition belongs to the process: it is run in one of its own"]
fn a_chain_of_handlers() {
    during_a_wait(|| {
        BEFORE_IT.store(disposition().sa_sigaction, SeqCst);
        handle(chaining, 0);
    });
    during_a_wait(|| {
        // SAFETY: it sends a signal to this thread, which has a handler for it.
        unsafe { assert_eq!(libc::raise(libc::SIGURG), 0) };
    });
    assert!(SEEN.load(SeqCst) >= 1);
}
