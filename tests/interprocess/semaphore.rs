//! The semaphore of the library: in threads, across threads, beside other locks.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use fasten::{
    CancelToken, Error, InterProcessLock, InterProcessReaderWriterLock, InterProcessSemaphore, SlotGuard,
    Wait, lock_all,
};

use crate::support::table::lines;
use crate::support::{Place, until};

const fn is_send_and_sync<T: Send + Sync>() {}
const _: () = is_send_and_sync::<SlotGuard>();

/// How many threads sleep for a slot.
fn asleep(place: &Place) -> usize {
    lines(&place.lock).iter().filter(|line| line.starts_with("-> OFDLCK")).count()
}

#[test]
fn each_guard_has_a_slot_of_its_own_in_one_thread_too() {
    let place = Place::new();
    let semaphore = InterProcessSemaphore::new(&place.lock, 3);
    let guards: Vec<SlotGuard> = (0..3).map(|_| semaphore.acquire().unwrap()).collect();
    assert_eq!(guards.iter().map(SlotGuard::slot).collect::<Vec<_>>(), [0, 1, 2]);
    assert!(matches!(semaphore.try_acquire(), Err(Error::Busy { .. })));
    drop(guards);
    assert_eq!(semaphore.acquire_many(2, Wait::never()).unwrap().slots(), [0, 1]);
    assert!(place.is_free());
}

#[test]
fn a_guard_may_be_dropped_in_another_thread() {
    let place = Place::new();
    let semaphore = InterProcessSemaphore::new(&place.lock, 1);
    let guard = semaphore.acquire().unwrap();
    let waiting = thread::spawn({
        let semaphore = semaphore.clone();
        move || semaphore.acquire().unwrap().slot()
    });
    until("it sleeps for the slot", || asleep(&place) == 1);
    thread::spawn(move || drop(guard)).join().unwrap();
    assert_eq!(waiting.join().unwrap(), 0);
}

#[test]
fn never_more_threads_than_slots_are_inside_and_all_get_in() {
    let place = Place::new();
    let inside: [AtomicUsize; 3] = Default::default();
    thread::scope(|scope| {
        for _ in 0..8 {
            // Each thread has an object of its own, as several parts of a program have.
            let semaphore = InterProcessSemaphore::new(&place.lock, 3);
            let inside = &inside;
            scope.spawn(move || {
                for round in 0..30 {
                    let guard = semaphore.acquire_many(1 + round % 2, Wait::forever()).unwrap();
                    for slot in guard.slots() {
                        assert_eq!(inside[slot as usize].fetch_add(1, Ordering::SeqCst), 0);
                    }
                    thread::yield_now();
                    for slot in guard.slots() {
                        inside[slot as usize].fetch_sub(1, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    assert!(place.is_free());
}

#[test]
fn threads_are_served_in_the_order_in_which_they_came() {
    let place = Place::new();
    let semaphore = InterProcessSemaphore::new(&place.lock, 1);
    let mut guard = semaphore.acquire().unwrap();
    let (came, first) = channel();
    let mut threads = Vec::new();
    for number in 0..4 {
        let (semaphore, came, (is_about_to, waits)) = (semaphore.clone(), came.clone(), channel());
        threads.push(thread::spawn(move || {
            let is_about_to = Mutex::new(is_about_to);
            let notify = |_: &Path| {
                let thread = fs::read_link("/proc/thread-self").unwrap();
                let _ = is_about_to.lock().unwrap().send(Path::new("/proc").join(thread));
            };
            let guard = semaphore.acquire_many(1, Wait::forever().on_wait(&notify)).unwrap();
            came.send((number, guard)).unwrap();
        }));
        let thread: PathBuf = waits.recv().unwrap();
        // The first sleeps in the kernel for the slot, and the others in the queue of this process.
        until("it sleeps for the slot", || asleep(&place) == 1);
        let wchan = || fs::read_to_string(thread.join("wchan")).unwrap();
        until("it sleeps in line", || number == 0 || wchan().starts_with("futex"));
    }
    for number in 0..4 {
        drop(guard);
        let (next, its) = first.recv().unwrap();
        assert_eq!(next, number);
        guard = its;
    }
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

#[test]
fn a_wait_ends_at_its_limit_or_when_it_is_cancelled_and_leaves_nothing() {
    let place = Place::new();
    let semaphore = InterProcessSemaphore::new(&place.lock, 2);
    let _all = semaphore.acquire_many(2, Wait::never()).unwrap();
    let late = semaphore.acquire_timeout(Duration::from_millis(20));
    assert!(matches!(late, Err(Error::TimedOut { .. })), "{late:?}");
    let cancel = CancelToken::new();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| semaphore.acquire_many(1, Wait::forever().cancel_on(&cancel)));
        until("it sleeps for the slots", || asleep(&place) == 2);
        cancel.cancel();
        assert!(matches!(waiting.join().unwrap(), Err(Error::Cancelled { .. })));
    });
    // Its threads may end after the call has returned.
    until("nothing sleeps", || asleep(&place) == 0);
}

#[test]
fn writers_and_slots_of_one_thread_exclude_each_other() {
    let place = Place::new();
    let semaphore = InterProcessSemaphore::new(&place.lock, 2);
    let (mutex, rwlock) =
        (InterProcessLock::new(&place.lock), InterProcessReaderWriterLock::new(&place.lock));
    let guard = semaphore.acquire().unwrap();
    assert!(mutex.try_lock().unwrap_err().is_busy());
    assert!(rwlock.try_write().unwrap_err().is_busy());
    assert!(rwlock.try_read().is_ok());
    drop(guard);
    let _writing = rwlock.write().unwrap();
    assert!(semaphore.try_acquire().unwrap_err().is_busy());
    assert!(matches!(semaphore.acquire(), Err(Error::Deadlock { .. })));
}

#[test]
fn several_locks_can_be_acquired_with_slots() {
    let place = Place::with(&["a.lock", "b.lock"]);
    let semaphore = InterProcessSemaphore::new(&place.lock, 3);
    let mutex = InterProcessLock::new(place.path("b.lock"));
    let one = semaphore.acquire().unwrap();
    let guards = lock_all([mutex.request(), semaphore.request(2)], Wait::never()).unwrap();
    assert_eq!(guards.get(semaphore.path()).unwrap().slots(), [1, 2]);
    assert!(guards.get(mutex.path()).unwrap().slots().is_empty());
    drop(one);
    assert!(semaphore.acquire_many(2, Wait::never()).unwrap_err().is_busy());
    drop(guards);
    assert!(semaphore.acquire_many(3, Wait::never()).is_ok());
}

#[test]
#[should_panic(expected = "a semaphore has 1 to 4096 slots, not 0")]
fn no_slots_make_no_semaphore() {
    let _ = InterProcessSemaphore::new("a.lock", 0);
}

#[test]
#[should_panic(expected = "3 of 2 slots cannot be acquired")]
fn more_than_there_are_cannot_be_acquired() {
    let _ = InterProcessSemaphore::new("a.lock", 2).request(3);
}

#[test]
fn tasks_await_slots_and_give_them_back_from_any_thread() {
    let _alone = crate::tasks::alone();
    let place = Place::new();
    let semaphore = InterProcessSemaphore::new(&place.lock, 2);
    let inside: Arc<[AtomicUsize; 2]> = Arc::default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let (semaphore, inside) = (semaphore.clone(), Arc::clone(&inside));
            runtime.spawn(async move {
                for _ in 0..20 {
                    let guard = semaphore.acquire_async().await.unwrap();
                    assert_eq!(inside[guard.slot() as usize].fetch_add(1, Ordering::SeqCst), 0);
                    tokio::task::yield_now().await;
                    inside[guard.slot() as usize].fetch_sub(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    runtime.block_on(async {
        for task in tasks {
            task.await.unwrap();
        }
        let both = semaphore.acquire_many_async(2).await.unwrap();
        assert_eq!(both.slots(), [0, 1]);
        let late = semaphore.acquire_async_timeout(Duration::from_millis(10)).await;
        assert!(matches!(late, Err(Error::TimedOut { .. })), "{late:?}");
    });
    until("no thread waits any more", || crate::tasks::waiting_threads() == 0);
    assert!(place.is_free());
}

#[test]
fn slots_that_this_process_has_guards_of_are_no_deadlock() {
    let place = Place::new();
    let semaphore = InterProcessSemaphore::new(&place.lock, 2);
    let guard = semaphore.acquire_many(2, Wait::never()).unwrap();
    // Long enough for two searches that agree.
    let waited = semaphore.acquire_timeout(Duration::from_millis(600));
    assert!(waited.as_ref().is_err_and(Error::is_timed_out), "in the same thread: {waited:?}");
    let waited = thread::scope(|scope| {
        scope.spawn(|| semaphore.acquire_timeout(Duration::from_millis(600))).join().unwrap()
    });
    assert!(waited.as_ref().is_err_and(Error::is_timed_out), "in another thread: {waited:?}");
    drop(guard);
    assert!(place.is_free());
}
