//! A thread that waits for a lock on behalf of a future.
//!
//! The lock calls of the kernel block, so a future that has to wait needs a thread. The two share a
//! [`Handover`]: the thread puts its result there and wakes the task, and the future takes it. If
//! the future is dropped first, it cancels the wait; if the thread has acquired the lock by then,
//! whichever of the two comes last drops it.

use std::io;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use super::file_pool::FilePool;
use super::lease::Lease;
use super::obtain::acquire_for_any_thread;
use crate::lock::{CancelToken, Error, Slots, Wait, WaitState};
use crate::mode::Mode;
use crate::sys::{fork, helper_thread};

/// The name of the thread. It is not that of the library's helper threads: the search for deadlocks
/// would take this process for one that only waits, although its other threads go on.
const NAME: &str = "fasten-async";

/// The future's side. Dropping it cancels the wait, and releases the lock if it has been acquired.
#[derive(Debug)]
pub(super) struct WaitingThread {
    handover: Arc<Handover>,
    /// The process that has the thread. A forked child has none, and there the mutex may stay
    /// locked.
    process: u32,
}

/// What the future and the thread share.
#[derive(Debug)]
struct Handover {
    progress: Mutex<Progress>,
    cancel: CancelToken,
}

#[derive(Debug)]
enum Progress {
    /// The thread waits, and wakes this task at the end.
    Waiting(Waker),
    /// The thread is done, and the future has not yet taken what came of it.
    Ended(Box<Result<Lease, Error>>),
    /// The future has taken it, or was dropped.
    Over,
}

impl WaitingThread {
    /// Starts a thread that acquires the lock and wakes this task.
    ///
    /// # Errors
    /// The system has no thread left.
    pub(super) fn start(
        pool: Arc<FilePool>,
        wanted: (Mode, Option<Slots>),
        wait: Wait<'static>,
        waker: Waker,
    ) -> io::Result<Self> {
        let progress = Mutex::new(Progress::Waiting(waker));
        let handover = Arc::new(Handover { progress, cancel: CancelToken::new() });
        let of_thread = Arc::clone(&handover);
        helper_thread::spawn_named(NAME, move || {
            let wait_state = WaitState::new(wait.cancel_on(&of_thread.cancel));
            let ended = acquire_for_any_thread(&pool, wanted, &wait_state);
            drop(wait_state);
            of_thread.end(ended);
        })?;
        Ok(Self { handover, process: fork::process() })
    }

    /// Whether the thread exists: not in a forked child.
    pub(super) fn is_ours(&self) -> bool {
        self.process == fork::process()
    }

    /// What came of the wait; if it has not ended, wakes this task when it has.
    pub(super) fn poll(&self, waker: &Waker) -> Poll<Result<Lease, Error>> {
        // The waker is the caller's code, so it is cloned and dropped while nothing is locked.
        let waker = waker.clone();
        let before = {
            let mut progress = self.handover.progress();
            let next = match *progress {
                Progress::Waiting(_) => Progress::Waiting(waker),
                Progress::Ended(_) | Progress::Over => Progress::Over,
            };
            mem::replace(&mut *progress, next)
        };
        match before {
            Progress::Ended(ended) => Poll::Ready(*ended),
            Progress::Waiting(_) | Progress::Over => Poll::Pending,
        }
    }
}

impl Drop for WaitingThread {
    fn drop(&mut self) {
        if !self.is_ours() {
            return;
        }
        let before = self.handover.leave();
        if matches!(before, Progress::Waiting(_)) {
            self.handover.cancel.cancel();
        }
        // Here a lock that the thread has acquired is released.
        drop(before);
    }
}

impl Handover {
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leave(&self) -> Progress {
        mem::replace(&mut *self.progress(), Progress::Over)
    }

    /// The thread is done. If nobody wants the lock any more, releases it.
    fn end(&self, ended: Result<Lease, Error>) {
        let mut progress = self.progress();
        if let Progress::Over = *progress {
            drop(progress);
            drop(ended);
            return;
        }
        let before = mem::replace(&mut *progress, Progress::Ended(Box::new(ended)));
        drop(progress);
        if let Progress::Waiting(waker) = before {
            waker.wake();
        }
    }
}
