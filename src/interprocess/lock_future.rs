//! A future that acquires a lock.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::file_pool::FilePool;
use super::lease::Lease;
use super::obtain::acquire_for_any_thread;
use super::shared_guard::SharedGuard;
use super::slot_guard::SlotGuard;
use super::waiting_thread::WaitingThread;
use crate::lock::{Error, Operation, Slots, Wait, WaitState};
use crate::mode::Mode;

/// A future that acquires a lock, tied to no runtime. It is made by
/// [`lock_async`](super::InterProcessLock::lock_async) and the like, and returns a [`SharedGuard`], or
/// a [`SlotGuard`] for an [`InterProcessSemaphore`](super::InterProcessSemaphore).
///
/// The first poll tries to acquire the lock without waiting. Only if that fails, it starts a thread,
/// called `fasten-async`, which waits in the kernel as a call of `lock` does, and wakes the task. So
/// a future that waits costs a thread (and a second one while other processes hold the lock, see
/// [`Wait`](crate::Wait#sigurg)), polls nothing and needs no timer. A task has its place in the queue,
/// among threads and processes, as soon as its thread has begun to wait.
///
/// - **Dropped**, as by a `timeout` or a `select` of a runtime: the wait is cancelled, and leaves
///   nothing in any queue. If the thread has acquired the lock already, it is released at once. The
///   drop does not wait for the thread to end.
/// - **Not polled on**: once its thread has acquired the lock, the lock is held until the future has
///   returned it or is dropped. So poll a future to its end, or drop it, as with Tokio's `Mutex`.
/// - **Reentry**: none, as with the [`SharedGuard`]. A task that holds the lock, as a guard of
///   either kind, and awaits it again waits until it is cancelled.
/// - **Fork**: in a forked child the copy of a future that waits asks for the lock again when it is
///   polled; dropping it there changes nothing.
/// - **Panic**, **crash**: nothing is held before the future has returned the guard; then see
///   [`SharedGuard`].
///
/// # Panics
///
/// If it is polled again after it has returned.
///
/// Python's fasteners: nothing; the idea is that of Tokio's `Mutex::lock_owned`.
///
/// ```
/// # use std::{future::Future, pin::pin, sync::Arc, task::{Context, Poll, Wake}, thread};
/// # struct Unpark(thread::Thread);
/// # impl Wake for Unpark { fn wake(self: Arc<Self>) { self.0.unpark(); } }
/// # fn block_on<F: Future>(future: F) -> F::Output {
/// #     let (mut future, waker) = (pin!(future), Arc::new(Unpark(thread::current())).into());
/// #     loop {
/// #         if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) { return output; }
/// #         thread::park();
/// #     }
/// # }
/// # let path = std::env::temp_dir().join(format!("future-{}", std::process::id()));
/// use fasten::InterProcessLock;
///
/// async fn append(lock: &InterProcessLock) -> Result<(), fasten::Error> {
///     let _guard = lock.lock_async().await?;
///     // no other task, thread or process holds the lock, across each `await` too
///     Ok(())
/// }
///
/// // With any runtime; here with a `block_on` of ten lines.
/// block_on(append(&InterProcessLock::new(&path)))?;
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), fasten::Error>(())
/// ```
#[must_use = "futures do nothing unless they are polled or awaited"]
pub struct LockFuture<G = SharedGuard> {
    pool: Arc<FilePool>,
    wanted: (Mode, Option<Slots>),
    wait: Wait<'static>,
    state: State,
    guard: fn(Lease) -> G,
}

#[derive(Debug)]
enum State {
    /// It has not been polled.
    New,
    Waiting(WaitingThread),
    Returned,
}

impl LockFuture {
    pub(super) fn new(pool: &Arc<FilePool>, mode: Mode, wait: Wait<'static>) -> Self {
        let (pool, wanted) = (Arc::clone(pool), (mode, None));
        Self { pool, wanted, wait, state: State::New, guard: SharedGuard::new }
    }
}

impl LockFuture<SlotGuard> {
    pub(super) fn for_slots(pool: &Arc<FilePool>, slots: Slots, wait: Wait<'static>) -> Self {
        let (pool, wanted) = (Arc::clone(pool), (Mode::Shared, Some(slots)));
        Self { pool, wanted, wait, state: State::New, guard: SlotGuard::new }
    }
}

impl<G> LockFuture<G> {
    /// Tries without waiting. If that fails, starts a thread that waits.
    fn begin(&mut self, context: &Context<'_>) -> Poll<Result<G, Error>> {
        match acquire_for_any_thread(&self.pool, self.wanted, &WaitState::new(Wait::never())) {
            Err(Error::Busy { .. }) => {}
            ended => return Poll::Ready(ended.map(self.guard)),
        }
        let pool = Arc::clone(&self.pool);
        match WaitingThread::start(pool, self.wanted, self.wait, context.waker().clone()) {
            Ok(waiting) => {
                self.state = State::Waiting(waiting);
                Poll::Pending
            }
            Err(error) => Poll::Ready(Err(Error::system(self.pool.path(), Operation::Wait, error))),
        }
    }
}

impl<G> Future for LockFuture<G> {
    type Output = Result<G, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match mem::replace(&mut self.state, State::Returned) {
            State::Waiting(waiting) if waiting.is_ours() => {
                let polled = waiting.poll(context.waker());
                if polled.is_pending() {
                    self.state = State::Waiting(waiting);
                }
                polled.map_ok(self.guard)
            }
            State::New | State::Waiting(_) => self.begin(context),
            State::Returned => panic!("the `LockFuture` was polled after it had returned"),
        }
    }
}

impl<G> fmt::Debug for LockFuture<G> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("LockFuture")
            .field("path", &self.pool.path())
            .field("mode", &self.wanted.0)
            .finish_non_exhaustive()
    }
}
