//! Cancels waits from another thread.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::interrupter::Waker;
use crate::thread::QueuedThread;

/// Cancels the waits that were given this token with [`Wait::cancel_on`](super::Wait::cancel_on),
/// those that begin later included.
///
/// Clones are one token. A call that has acquired its lock already is not affected; its result
/// shows which came first. A cancelled wait leaves nothing behind, neither in the queue of this
/// process' threads nor in the kernel.
///
/// - **Fork**: a forked child has a copy; cancelling the one does not cancel the other.
/// - **Panic**: a panic changes nothing; a token cannot be poisoned.
///
/// The idea is that of Go's `context.Context` and Tokio's `CancellationToken`; Python's fasteners
/// waits with a timeout only.
#[derive(Debug, Clone, Default)]
pub struct CancelToken(Arc<Mutex<CancelState>>);

#[derive(Debug, Default)]
struct CancelState {
    cancelled: bool,
    waiting: Vec<Wakeable>,
}

/// A waiting thread, and how to wake it.
#[derive(Debug)]
pub(crate) enum Wakeable {
    /// It blocks in the kernel.
    Waker(Waker),
    /// It waits in the queue of this process' threads.
    Line(Arc<QueuedThread>),
}

impl CancelToken {
    /// A token that is not cancelled.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends every wait that has this token, now or later, with
    /// [`Error::Cancelled`](super::Error::Cancelled). Does not wait for the threads to return.
    pub fn cancel(&self) {
        let mut state = self.state();
        state.cancelled = true;
        state.waiting.iter().for_each(Wakeable::wake);
    }

    /// Whether [`cancel`](Self::cancel) has been called.
    pub fn is_cancelled(&self) -> bool {
        self.state().cancelled
    }

    /// Adds a thread that [`cancel`](Self::cancel) wakes, until it is
    /// [unregistered](Self::unregister). If the token is cancelled already, wakes it at once.
    pub(crate) fn register(&self, wakeable: Wakeable) {
        let mut state = self.state();
        if state.cancelled {
            wakeable.wake();
        }
        state.waiting.push(wakeable);
    }

    pub(crate) fn unregister(&self, wakeable: &Wakeable) {
        self.state().waiting.retain(|known| !known.is(wakeable));
    }

    fn state(&self) -> MutexGuard<'_, CancelState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wakeable {
    fn wake(&self) {
        match self {
            Self::Waker(waker) => waker.wake(),
            Self::Line(waiter) => waiter.cancel(),
        }
    }

    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Waker(one), Self::Waker(other)) => one.is(other),
            (Self::Line(one), Self::Line(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}
