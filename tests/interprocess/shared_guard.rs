//! A guard that has left its thread: whose it is, and who may let go of it.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use fasten::{
    Guard, InterProcessLock, InterProcessReaderWriterLock, LockOptions, Mode, Nested, SharedGuard, Wait,
};

use crate::fork::{answer, forked};
use crate::player::{Player, is_left_alone, kind, player};
use crate::support::ordered::Lock;
use crate::support::until;

const SOON: Duration = Duration::from_millis(30);

pub fn shared(guard: Guard) -> SharedGuard {
    guard.into_shared().expect("it is the only guard of this lock in the thread")
}

#[test]
fn it_may_be_sent_to_another_thread_and_used_in_several() {
    fn is_shared<T: Send + Sync + Unpin + 'static>() {}
    is_shared::<SharedGuard>();
}

#[test]
fn another_thread_releases_it() {
    let lock = Lock::new();
    let mutex = InterProcessLock::new(&lock.path);
    let guard = shared(mutex.lock().unwrap());
    let mut other = player(&lock);
    assert_eq!(other.does("lock now"), "busy");
    assert!(guard.is_held() && !guard.is_borrowed() && guard.descriptor().is_some());
    assert_eq!((guard.mode(), guard.path()), (Mode::Exclusive, lock.path.as_path()));
    thread::spawn(move || drop(guard)).join().unwrap();
    assert_eq!(other.does("lock now"), "done");
    assert_eq!(other.does("drop"), "done");
    assert!(is_left_alone(&lock.path));
    // The thread forgot it, and remembers the next one.
    let _own = mutex.lock().unwrap();
    assert_eq!(kind(&mutex.lock_timeout(Duration::from_secs(1)).unwrap_err()), "would never end");
}

#[test]
fn the_thread_that_made_it_waits_like_any_other_and_is_not_refused() {
    for nested in [Nested::Refuse, Nested::Join, Nested::Wait] {
        let lock = Lock::new();
        let options = LockOptions::new().nested(nested);
        let mutex = InterProcessLock::with_options(&lock.path, options);
        let by_another_name = InterProcessReaderWriterLock::with_options(&lock.path, options);
        let guard = shared(mutex.lock().unwrap());
        assert_eq!(kind(&mutex.try_lock().unwrap_err()), "busy");
        assert_eq!(kind(&by_another_name.try_read().unwrap_err()), "busy");
        assert_eq!(kind(&mutex.lock_timeout(SOON).unwrap_err()), "timed out");
        assert_eq!(kind(&by_another_name.read_timeout(SOON).unwrap_err()), "timed out");

        let (waits, it_waits) = channel();
        let dropping = thread::spawn(move || {
            it_waits.recv().unwrap();
            drop(guard);
        });
        let on_wait = move |_: &_| waits.send(()).unwrap();
        let again = mutex.lock_with(Wait::forever().on_wait(&on_wait)).unwrap();
        dropping.join().unwrap();
        assert!(again.is_held());
    }
}

#[test]
fn a_thread_with_a_second_guard_of_the_lock_gets_the_first_one_back() {
    let lock = Lock::new();
    let joining = InterProcessLock::with_options(&lock.path, LockOptions::new().nested(Nested::Join));
    let (first, second) = (joining.lock().unwrap(), joining.lock().unwrap());
    let first = first.into_shared().unwrap_err();
    assert!(first.is_held());
    drop(second);
    drop(shared(first));
    assert!(joining.try_lock().is_ok());

    let readers = InterProcessReaderWriterLock::new(&lock.path);
    let (first, second) = (readers.read().unwrap(), readers.read().unwrap());
    drop(first.into_shared().unwrap_err());
    // Now the last one, which is no part of the thread any more: the next is a second reader.
    let second = shared(second);
    let third = readers.read().unwrap();
    assert_eq!(kind(&third.upgrade(Wait::never()).unwrap_err()), "busy");
    drop(second);
    third.upgrade(Wait::never()).unwrap();
}

#[test]
fn a_lock_that_one_guard_detached_is_not_unlocked_by_the_other_that_became_shared() {
    let lock = Lock::new();
    let joining = InterProcessLock::with_options(&lock.path, LockOptions::new().nested(Nested::Join));
    let mut other = player(&lock);
    let (first, second) = (joining.lock().unwrap(), joining.lock().unwrap());
    let inherited = second.descriptor().unwrap().try_clone_to_owned().unwrap();
    first.detach();
    drop(shared(second));
    assert_eq!(other.does("lock now"), "busy");
    drop(inherited);
    until_released(&mut other);
}

/// The children that other tests fork have the descriptors of this process until they end.
fn until_released(other: &mut Player) {
    until("no process has the descriptor", || other.does("lock now") == "done");
}

#[test]
fn a_shared_guard_that_is_detached_leaves_the_lock_to_the_descriptors_that_others_have() {
    let lock = Lock::new();
    let mut other = player(&lock);
    let guard = shared(InterProcessLock::new(&lock.path).lock().unwrap());
    let inherited = guard.descriptor().unwrap().try_clone_to_owned().unwrap();
    thread::spawn(move || guard.detach()).join().unwrap();
    assert_eq!(other.does("lock now"), "busy");
    drop(inherited);
    until_released(&mut other);
}

#[test]
fn it_is_upgraded_and_downgraded_in_any_thread() {
    let lock = Lock::new();
    let mut other = player(&lock);
    let mut guard = shared(InterProcessReaderWriterLock::new(&lock.path).read().unwrap());
    assert_eq!(other.does("read now"), "done");
    assert_eq!(kind(&guard.upgrade(Wait::never()).unwrap_err()), "busy");
    assert_eq!(other.does("drop"), "done");
    let guard = thread::spawn(move || guard.upgrade(Wait::forever()).map(|()| guard));
    let mut guard = guard.join().unwrap().unwrap();
    assert_eq!(guard.mode(), Mode::Exclusive);
    assert_eq!(other.does("read now"), "busy");
    guard.downgrade().unwrap();
    assert_eq!((guard.mode(), other.does("read now").as_str()), (Mode::Shared, "done"));
}

#[test]
fn readers_of_the_process_are_kept_out_by_it_as_by_a_thread() {
    let lock = Lock::new();
    let readers = InterProcessReaderWriterLock::new(&lock.path);
    let writing = shared(readers.write().unwrap());
    let tried = thread::scope(|scope| scope.spawn(|| readers.try_read().map(drop)).join().unwrap());
    assert_eq!(kind(&tried.unwrap_err()), "busy");
    drop(writing);
    let reading = shared(readers.read().unwrap());
    thread::scope(|scope| scope.spawn(|| drop(readers.try_read().unwrap())).join().unwrap());
    assert_eq!(kind(&readers.try_write().unwrap_err()), "busy");
    drop(reading);
    assert!(readers.try_write().is_ok());
}

#[test]
fn a_panic_in_the_thread_that_has_it_releases_it() {
    let lock = Lock::new();
    let mutex = InterProcessLock::new(&lock.path);
    let guard = shared(mutex.lock().unwrap());
    let panicked = thread::spawn(move || {
        let _guard = guard;
        std::panic::resume_unwind(Box::new("inside"));
    });
    assert!(panicked.join().is_err());
    assert!(mutex.try_lock().is_ok());
}

#[test]
fn a_process_that_is_killed_releases_it() {
    let lock = Lock::new();
    let mut holder = player(&lock);
    assert_eq!(holder.does("lock"), "done");
    assert_eq!(holder.does("share"), "done");
    let mutex = InterProcessLock::new(&lock.path);
    assert_eq!(kind(&mutex.try_lock().unwrap_err()), "busy");
    holder.kill();
    drop(mutex.lock().unwrap());
}

#[test]
fn its_copy_in_a_forked_child_releases_nothing() {
    let lock = Lock::new();
    let mutex = InterProcessLock::new(&lock.path);
    let mut copies = [Some(shared(mutex.lock().unwrap())), None];
    assert!(answer(forked(|| {
        drop(copies[0].take());
        true
    })));
    let mut other = player(&lock);
    assert_eq!(other.does("lock now"), "busy");
    drop(copies);

    // A guard of the parent that becomes shared in the child is still the parent's.
    let mut copy = Some(mutex.lock().unwrap());
    assert!(answer(forked(|| {
        drop(shared(copy.take().unwrap()));
        mutex.try_lock().is_err_and(|error| kind(&error) == "busy")
    })));
    assert_eq!(other.does("lock now"), "busy");
    drop(copy);
    assert_eq!(other.does("lock now"), "done");
}
