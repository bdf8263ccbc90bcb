//! A wait that ends without the lock leaves nothing: at the line of the threads, and in the kernel.

use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use fasten::{CancelToken, Error, Guard, InterProcessLock, InterProcessReaderWriterLock, Wait};

use crate::player::{is_left_alone, kind, player, waiters};
use crate::support::ordered::Lock;
use crate::support::until;

const SOON: Duration = Duration::from_millis(30);

type Take = fn(&Lock, Wait<'_>) -> Result<Guard, Error>;

const WAYS: [Take; 3] = [
    |lock, waiting| InterProcessLock::new(&lock.path).lock_with(waiting),
    |lock, waiting| InterProcessReaderWriterLock::new(&lock.path).read_with(waiting),
    |lock, waiting| InterProcessReaderWriterLock::new(&lock.path).write_with(waiting),
];

#[test]
fn a_timeout_behind_a_thread_leaves_nothing() {
    for take in WAYS {
        let lock = Lock::new();
        let held = InterProcessLock::new(&lock.path).lock().unwrap();
        thread::scope(|scope| {
            scope.spawn(|| assert_eq!(kind(&take(&lock, Wait::at_most(SOON)).unwrap_err()), "timed out"));
        });
        drop(held);
        assert!(is_left_alone(&lock.path));
        assert!(InterProcessLock::new(&lock.path).try_lock().is_ok());
    }
}

#[test]
fn a_timeout_behind_a_process_leaves_nothing() {
    for take in WAYS {
        let lock = Lock::new();
        let mut other = player(&lock);
        assert_eq!(other.does("write"), "done");
        let deadline = Instant::now() + SOON;
        assert_eq!(kind(&take(&lock, Wait::until(deadline)).unwrap_err()), "timed out");
        assert!(Instant::now() >= deadline);
        assert_eq!(other.does("drop"), "done");
        assert!(is_left_alone(&lock.path));
        assert_eq!(other.does("lock now"), "done");
    }
}

#[test]
fn a_cancelled_wait_behind_a_thread_leaves_nothing() {
    for take in WAYS {
        let lock = Lock::new();
        let (cancel, held) = (CancelToken::default(), InterProcessLock::new(&lock.path).lock().unwrap());
        thread::scope(|scope| {
            let (ready, waits) = channel();
            let (lock, cancel) = (&lock, &cancel);
            let waiter = scope.spawn(move || {
                let ready = move |_: &_| ready.send(()).unwrap();
                take(lock, Wait::forever().cancel_on(cancel).on_wait(&ready)).map(drop)
            });
            waits.recv().unwrap();
            cancel.cancel();
            assert_eq!(kind(&waiter.join().unwrap().unwrap_err()), "cancelled");
        });
        drop(held);
        assert!(is_left_alone(&lock.path));
        assert!(InterProcessLock::new(&lock.path).try_lock().is_ok());
    }
}

#[test]
fn a_cancelled_wait_behind_a_process_leaves_nothing() {
    for take in WAYS {
        let (lock, cancel) = (Lock::new(), CancelToken::default());
        let mut other = player(&lock);
        assert_eq!(other.does("write"), "done");
        thread::scope(|scope| {
            let waiter = scope.spawn(|| take(&lock, Wait::forever().cancel_on(&cancel)).map(drop));
            until("it waits in the kernel", || !waiters(&lock.path).is_empty());
            cancel.cancel();
            assert_eq!(kind(&waiter.join().unwrap().unwrap_err()), "cancelled");
        });
        assert_eq!(other.does("drop"), "done");
        assert!(is_left_alone(&lock.path));
        assert_eq!(other.does("lock now"), "done");
    }
}

#[test]
fn one_who_is_cancelled_beforehand_does_not_wait_and_still_takes_what_is_free() {
    let (lock, cancel) = (Lock::new(), CancelToken::default());
    cancel.cancel();
    let mutex = InterProcessLock::new(&lock.path);
    let held = mutex.lock_with(Wait::forever().cancel_on(&cancel)).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            let refused = mutex.lock_with(Wait::forever().cancel_on(&cancel)).unwrap_err();
            assert_eq!(kind(&refused), "cancelled");
        });
    });
    drop(held);
}

#[test]
fn a_writer_that_gives_up_in_the_line_lets_in_the_reader_behind_it() {
    let lock = Lock::new();
    let shared = InterProcessReaderWriterLock::new(&lock.path);
    let _reading = shared.read().unwrap();
    thread::scope(|scope| {
        let writer = scope.spawn(|| kind(&shared.write_timeout(SOON).unwrap_err()));
        let reader = scope.spawn(|| shared.read_timeout(Duration::from_secs(60)).map(drop));
        assert_eq!(writer.join().unwrap(), "timed out");
        reader.join().unwrap().unwrap();
    });
}

#[test]
fn a_wait_can_be_made_in_one_thread_and_used_in_another() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Wait<'static>>();
    is_shared::<CancelToken>();
    is_shared::<InterProcessLock>();
}
