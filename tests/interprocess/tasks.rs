//! Tasks that await a lock, under tokio, under smol, and with no runtime at all.

use std::fs;
use std::path::Path;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use fasten::{
    Error, InterProcessLock, InterProcessReaderWriterLock, LockFuture, LockOptions, Mode, Nested, SharedGuard,
};
use smol::LocalExecutor;
use tokio::runtime::Builder;

use crate::player::{count, is_left_alone, kind, player, waiters};
use crate::support::ordered::Lock;
use crate::support::{Running, fasten, until};

/// The threads of a test are counted, so the tests that have some run one after the other.
pub fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many threads of this process wait for a task.
pub fn waiting_threads() -> usize {
    let threads = fs::read_dir("/proc/self/task").unwrap().flatten();
    let names = threads.filter_map(|thread| fs::read_to_string(thread.path().join("comm")).ok());
    names.filter(|name| name.trim_end() == "fasten-async").count()
}

/// Counts how often it is woken.
#[derive(Default)]
pub struct Bell(AtomicUsize);

impl Bell {
    pub fn rung(&self) -> usize {
        self.0.load(SeqCst)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

pub fn poll(future: &mut LockFuture, bell: &Arc<Bell>) -> Poll<Result<SharedGuard, Error>> {
    let waker = Waker::from(Arc::clone(bell));
    pin!(future).poll(&mut Context::from_waker(&waker))
}

pub fn poll_until_ready(future: &mut LockFuture) -> Result<SharedGuard, Error> {
    let mut ended = None;
    until("the lock comes", || {
        match poll(future, &Arc::default()) {
            Poll::Ready(result) => ended = Some(result),
            Poll::Pending => {}
        }
        ended.is_some()
    });
    ended.unwrap()
}

#[test]
fn a_future_may_be_polled_in_any_thread() {
    fn is_shared<T: Send + Sync + Unpin + 'static>() {}
    is_shared::<LockFuture>();
}

/// Adds to the number in the file, and is elsewhere while it holds the lock.
async fn counts(lock: InterProcessLock, file: impl AsRef<Path>, yields: impl AsyncFn()) {
    for _ in 0..10 {
        let _guard = lock.lock_async().await.unwrap();
        yields().await;
        count(file.as_ref());
    }
}

fn nothing_is_lost(run: impl FnOnce(&InterProcessLock, &Path)) {
    let (lock, _alone) = (Lock::new(), alone());
    let file = lock.path.with_extension("count");
    fs::write(&file, "0").unwrap();
    let mut other = player(&lock);
    other.begins("count 100");
    // The player is a child of this process, which need not wait for it.
    let mutex = InterProcessLock::with_options(&lock.path, LockOptions::new().nested(Nested::Wait));
    run(&mutex, &file);
    assert_eq!(other.answer(), "done");
    assert_eq!(fs::read_to_string(&file).unwrap().trim(), "300");
    until("no thread waits", || waiting_threads() == 0);
    drop(mutex);
    assert!(is_left_alone(&lock.path));
}

fn under_tokio(mut builder: Builder) {
    nothing_is_lost(|lock, file| {
        builder.enable_time().build().unwrap().block_on(async {
            let one = || counts(lock.clone(), file.to_owned(), tokio::task::yield_now);
            let tasks: Vec<_> = (0..20).map(|_| tokio::spawn(one())).collect();
            for task in tasks {
                task.await.unwrap();
            }
        });
    });
}

#[test]
fn twenty_tasks_and_a_process_count_under_the_lock_on_one_thread_of_tokio() {
    under_tokio(Builder::new_current_thread());
}

#[test]
fn twenty_tasks_and_a_process_count_under_the_lock_on_four_threads_of_tokio() {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(4);
    under_tokio(builder);
}

#[test]
fn twenty_tasks_and_a_process_count_under_the_lock_on_one_thread_of_smol() {
    nothing_is_lost(|lock, file| {
        let executor = LocalExecutor::new();
        let one = || counts(lock.clone(), file.to_owned(), smol::future::yield_now);
        let tasks: Vec<_> = (0..20).map(|_| executor.spawn(one())).collect();
        smol::block_on(executor.run(async {
            for task in tasks {
                task.await;
            }
        }));
    });
}

#[test]
fn twenty_tasks_and_a_process_count_under_the_lock_on_the_threads_of_smol() {
    nothing_is_lost(|lock, file| {
        let one = || counts(lock.clone(), file.to_owned(), smol::future::yield_now);
        let tasks: Vec<_> = (0..20).map(|_| smol::spawn(one())).collect();
        smol::block_on(async {
            for task in tasks {
                task.await;
            }
        });
    });
}

#[test]
fn readers_are_inside_together_and_a_writer_alone() {
    let (lock, _alone) = (Lock::new(), alone());
    let shared = InterProcessReaderWriterLock::new(&lock.path);
    smol::block_on(async {
        let (one, other) = (shared.read_async().await.unwrap(), shared.read_async().await.unwrap());
        assert_eq!((one.mode(), other.mode()), (Mode::Shared, Mode::Shared));
        let late = shared.write_async_timeout(Duration::from_millis(30)).await;
        assert_eq!(kind(&late.unwrap_err()), "timed out");
        drop((one, other));
        let writing = shared.write_async().await.unwrap();
        assert_eq!(writing.mode(), Mode::Exclusive);
        assert_eq!(kind(&shared.try_read().unwrap_err()), "busy");
    });
}

#[test]
fn a_lock_that_is_free_takes_no_thread_and_a_future_that_is_not_polled_takes_nothing() {
    let (lock, _alone) = (Lock::new(), alone());
    let mutex = InterProcessLock::new(&lock.path);
    let never_polled = mutex.lock_async();
    let mut future = mutex.lock_async();
    let Poll::Ready(Ok(guard)) = poll(&mut future, &Arc::default()) else { panic!("it is free") };
    assert!(guard.is_held());
    assert_eq!(waiting_threads(), 0);
    drop((guard, never_polled));
}

#[test]
fn a_guard_goes_from_task_to_task_and_from_thread_to_thread() {
    let (lock, _alone) = (Lock::new(), alone());
    let mutex = InterProcessLock::new(&lock.path);
    let runtime = Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let taken = tokio::spawn({
            let mutex = mutex.clone();
            async move { mutex.lock_async().await.unwrap() }
        });
        let guard = taken.await.unwrap();
        let passed_on = tokio::spawn(async move {
            tokio::task::yield_now().await;
            assert!(guard.is_held());
            guard
        });
        let guard = passed_on.await.unwrap();
        assert_eq!(kind(&mutex.try_lock().unwrap_err()), "busy");
        let waiting = tokio::spawn(mutex.lock_async());
        thread::spawn(move || drop(guard)).join().unwrap();
        assert!(waiting.await.unwrap().unwrap().is_held());
    });
}

#[test]
fn only_the_last_waker_is_woken() {
    let (lock, _alone) = (Lock::new(), alone());
    let mutex = InterProcessLock::new(&lock.path);
    let held = mutex.lock().unwrap();
    let (first, last) = (Arc::<Bell>::default(), Arc::<Bell>::default());
    let mut future = mutex.lock_async();
    assert!(poll(&mut future, &first).is_pending());
    assert!(poll(&mut future, &last).is_pending());
    drop(held);
    until("it is woken", || last.rung() == 1);
    let Poll::Ready(Ok(guard)) = poll(&mut future, &first) else { panic!("it was woken") };
    assert!(guard.is_held());
    until("the thread is gone", || waiting_threads() == 0);
    assert_eq!((first.rung(), last.rung()), (0, 1));
}

#[test]
fn a_task_that_waits_comes_before_a_process_that_arrives_later() {
    let (lock, _alone) = (Lock::new(), alone());
    let shared = InterProcessReaderWriterLock::new(&lock.path);
    let (mut first, mut last) = (player(&lock), player(&lock));
    assert_eq!(first.does("write"), "done");
    let mut future = shared.write_async();
    assert!(poll(&mut future, &Arc::default()).is_pending());
    until("the task waits", || waiters(&lock.path).len() == 1);
    last.begins("write");
    until("the process waits", || waiters(&lock.path).len() == 2);
    assert_eq!(first.does("drop"), "done");
    let guard = poll_until_ready(&mut future).unwrap();
    until("the process waits for the task", || waiters(&lock.path).len() == 1);
    drop(guard);
    assert_eq!(last.answer(), "done");
}

#[test]
fn a_task_whose_thread_holds_the_lock_waits_and_gets_it_when_that_guard_is_dropped() {
    let (lock, _alone) = (Lock::new(), alone());
    for nested in [Nested::Refuse, Nested::Join] {
        let mutex = InterProcessLock::with_options(&lock.path, LockOptions::new().nested(nested));
        let held = mutex.lock().unwrap();
        let late = smol::block_on(mutex.lock_async_timeout(Duration::from_millis(30)));
        assert_eq!(kind(&late.unwrap_err()), "timed out");
        let mut future = mutex.lock_async();
        assert!(poll(&mut future, &Arc::default()).is_pending());
        drop(held);
        assert!(poll_until_ready(&mut future).unwrap().is_held());
    }
}

#[test]
#[should_panic(expected = "polled after it had returned")]
fn a_future_that_has_returned_panics_if_it_is_polled_again() {
    let lock = Lock::new();
    let mut future = InterProcessLock::new(&lock.path).lock_async();
    assert!(poll(&mut future, &Arc::default()).is_ready());
    let _ = poll(&mut future, &Arc::default());
}

#[test]
fn a_lock_file_that_cannot_be_opened_is_an_error_at_once() {
    let lock = Lock::new();
    let mutex = InterProcessLock::new(lock.path.join("below a file"));
    let ended = smol::block_on(mutex.lock_async());
    assert!(matches!(ended.unwrap_err(), Error::CouldNotOpen { .. }));
}

#[test]
fn a_task_below_the_holder_that_waits_for_its_process_is_refused() {
    let lock = Lock::new();
    let own = std::env::current_exe().unwrap();
    let path = lock.path.to_str().unwrap();
    let test = ["--exact", "tasks::awaits", "--ignored", "--nocapture"];
    let mut words = vec![fasten(), "exclusive", path, "--", own.to_str().unwrap()];
    words.extend(test);
    let mut below = Running::start(&words);
    below.tell(path);
    let said = std::iter::repeat_with(|| below.line()).find(|line| line.starts_with("ended: "));
    assert_eq!(said.unwrap(), "ended: would never end");
    below.leave();
}

#[test]
#[ignore = "another test runs it, in a process of its own"]
fn awaits() {
    let mut path = String::new();
    std::io::stdin().read_line(&mut path).unwrap();
    let ended = smol::block_on(InterProcessLock::new(path.trim_end()).lock_async());
    println!("\nended: {}", kind(&ended.unwrap_err()));
}
