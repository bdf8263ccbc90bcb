//! A task that gives up: nothing of it stays, neither in the kernel nor in this process.

use std::sync::Arc;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use fasten::{Error, InterProcessLock, InterProcessReaderWriterLock, LockFuture, Operation};
use smol::Timer;
use tokio::runtime::Builder;

use crate::fork::{answer, forked};
use crate::player::{is_left_alone, kind, player, waiters};
use crate::support::ordered::Lock;
use crate::support::until;
use crate::tasks::{Bell, alone, poll, waiting_threads};

const SOON: Duration = Duration::from_millis(30);

type Begin = fn(&Lock) -> LockFuture;

const WAYS: [Begin; 3] = [
    |lock| InterProcessLock::new(&lock.path).lock_async(),
    |lock| InterProcessReaderWriterLock::new(&lock.path).read_async(),
    |lock| InterProcessReaderWriterLock::new(&lock.path).write_async(),
];

/// While another process holds the lock; `gives_up` begins to await it.
fn leaves_nothing(gives_up: impl Fn(LockFuture, &Lock)) {
    let _alone = alone();
    for begin in WAYS {
        let lock = Lock::new();
        let mut other = player(&lock);
        assert_eq!(other.does("write"), "done");
        gives_up(begin(&lock), &lock);
        until("no thread is left", || waiting_threads() == 0);
        assert!(waiters(&lock.path).is_empty());
        assert_eq!(other.does("drop"), "done");
        assert!(is_left_alone(&lock.path));
        assert_eq!(other.does("lock now"), "done");
    }
}

#[test]
fn a_future_that_is_dropped_while_it_waits_in_the_kernel_leaves_nothing() {
    leaves_nothing(|mut future, lock| {
        assert!(poll(&mut future, &Arc::default()).is_pending());
        until("it waits in the kernel", || !waiters(&lock.path).is_empty());
        drop(future);
    });
}

#[test]
fn a_timeout_of_tokio_leaves_nothing() {
    leaves_nothing(|future, _| {
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        let ended = runtime.block_on(async { tokio::time::timeout(SOON, future).await });
        assert!(ended.is_err());
    });
}

#[test]
fn a_select_of_tokio_leaves_nothing() {
    leaves_nothing(|future, lock| {
        let waits = async {
            while waiters(&lock.path).is_empty() {
                tokio::task::yield_now().await;
            }
        };
        let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
        runtime.block_on(async {
            tokio::select! {
                _ = future => panic!("another process holds it"),
                () = waits => {}
            }
        });
    });
}

#[test]
fn a_task_of_tokio_that_is_aborted_leaves_nothing() {
    leaves_nothing(|future, lock| {
        let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let task = runtime.spawn(future);
        until("it waits in the kernel", || !waiters(&lock.path).is_empty());
        task.abort();
        assert!(runtime.block_on(task).unwrap_err().is_cancelled());
    });
}

#[test]
fn a_race_of_smol_leaves_nothing() {
    leaves_nothing(|future, _| {
        let late = async {
            Timer::after(SOON).await;
            None
        };
        let ended = smol::block_on(smol::future::or(async { Some(future.await) }, late));
        assert!(ended.is_none());
    });
}

#[test]
fn a_future_with_a_limit_of_its_own_leaves_nothing() {
    leaves_nothing(|_, lock| {
        let ended = smol::block_on(InterProcessLock::new(&lock.path).lock_async_timeout(SOON));
        assert_eq!(kind(&ended.unwrap_err()), "timed out");
    });
}

#[test]
fn a_future_that_is_dropped_behind_a_thread_of_its_process_leaves_nothing() {
    let _alone = alone();
    for begin in WAYS {
        let lock = Lock::new();
        let held = InterProcessLock::new(&lock.path).lock().unwrap();
        let mut future = begin(&lock);
        assert!(poll(&mut future, &Arc::default()).is_pending());
        until("a thread waits", || waiting_threads() == 1);
        drop(future);
        until("no thread is left", || waiting_threads() == 0);
        drop(held);
        assert!(is_left_alone(&lock.path));
        assert!(InterProcessLock::new(&lock.path).try_lock().is_ok());
    }
}

#[test]
fn a_future_that_is_dropped_after_its_thread_got_the_lock_releases_it() {
    let _alone = alone();
    for begin in WAYS {
        let lock = Lock::new();
        let mutex = InterProcessLock::new(&lock.path);
        let bell = Arc::<Bell>::default();
        let held = mutex.lock().unwrap();
        let mut future = begin(&lock);
        assert!(poll(&mut future, &bell).is_pending());
        drop(held);
        until("the thread has it", || bell.rung() == 1);
        assert_eq!(kind(&mutex.try_lock().unwrap_err()), "busy");
        drop(future);
        assert!(mutex.try_lock().is_ok());
        until("no thread is left", || waiting_threads() == 0);
    }
}

#[test]
fn a_future_that_is_dropped_while_its_thread_gets_the_lock_never_keeps_it() {
    let (lock, _alone) = (Lock::new(), alone());
    let mutex = InterProcessLock::new(&lock.path);
    for _ in 0..200 {
        let held = mutex.lock().unwrap();
        let mut future = mutex.lock_async();
        assert!(poll(&mut future, &Arc::default()).is_pending());
        let dropping = thread::spawn(move || drop(future));
        drop(held);
        dropping.join().unwrap();
        drop(mutex.lock().unwrap());
    }
    until("no thread is left", || waiting_threads() == 0);
    drop(mutex);
    assert!(is_left_alone(&lock.path));
}

#[test]
fn the_copy_of_a_future_in_a_forked_child_asks_again_and_cancels_nothing() {
    let (lock, _alone) = (Lock::new(), alone());
    let mutex = InterProcessLock::new(&lock.path);
    let mut other = player(&lock);
    assert_eq!(other.does("lock"), "done");
    let mut copies = [0; 2].map(|_| {
        let mut future = mutex.lock_async();
        assert!(poll(&mut future, &Arc::default()).is_pending());
        Some(future)
    });
    until("it waits in the kernel", || !waiters(&lock.path).is_empty());
    assert!(answer(forked(|| {
        drop(copies[0].take());
        assert!(poll(copies[1].as_mut().unwrap(), &Arc::default()).is_pending());
        until("a thread of the child waits", || waiting_threads() == 1);
        true
    })));
    assert_eq!(waiting_threads(), 2);
    assert_eq!(other.does("drop"), "done");
    // Which of the two comes first is up to their threads.
    let mut left: Vec<_> = copies.into_iter().flatten().collect();
    until("both got the lock", || {
        left.retain_mut(|future| match poll(future, &Arc::default()) {
            Poll::Ready(ended) => ended.map(drop).is_err(),
            Poll::Pending => true,
        });
        left.is_empty()
    });
}

#[test]
fn without_a_thread_left_it_is_an_error() {
    let (lock, _alone) = (Lock::new(), alone());
    let mut other = player(&lock);
    assert_eq!(other.does("lock"), "done");
    let mutex = InterProcessLock::new(&lock.path);
    assert!(answer(forked(|| {
        // It opens the file, which it cannot do later.
        assert_eq!(kind(&mutex.try_lock().unwrap_err()), "busy");
        let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: the limit is a valid one. Root has no limit, so the child becomes nobody.
        unsafe {
            assert_eq!(libc::setrlimit(libc::RLIMIT_NPROC, &raw const none), 0);
            assert!(libc::geteuid() != 0 || libc::setuid(65534) == 0);
        }
        let ended = poll(&mut mutex.lock_async(), &Arc::default());
        matches!(ended, Poll::Ready(Err(Error::System { operation: Operation::Wait, .. })))
    })));
    assert_eq!(other.does("drop"), "done");
    assert!(is_left_alone(&lock.path));
}
