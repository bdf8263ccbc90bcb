//! Calling off a wait from another thread.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::interrupter::Waker;
use crate::thread::Waiter;

/// Calls off the waiting for locks that was told of it, now and later.
///
/// Clones are one and the same. A call that has its lock already is not
/// affected: whoever cancels learns from the call's result which it was.
#[derive(Debug, Clone, Default)]
pub struct CancelToken(Arc<Mutex<CancelState>>);

#[derive(Debug, Default)]
struct CancelState {
    cancelled: bool,
    waiting: Vec<Wakeable>,
}

/// What gets a waiting thread to look up.
#[derive(Debug)]
pub(crate) enum Wakeable {
    /// It sleeps in the kernel.
    Waker(Waker),
    /// It stands in line with other threads.
    Line(Arc<Waiter>),
}

impl CancelToken {
    /// Ends every wait that was told of this one, with
    /// [`Error::Cancelled`](super::Error::Cancelled), and those that begin later.
    pub fn cancel(&self) {
        let mut state = self.state();
        state.cancelled = true;
        state.waiting.iter().for_each(Wakeable::wakeable);
    }

    /// Whether [`cancel`](Self::cancel) has been called.
    pub fn is_cancelled(&self) -> bool {
        self.state().cancelled
    }

    /// This one is rung too from now on, until it is [left out](Self::forget); at once if it is too late.
    pub(crate) fn remember(&self, wakeable: Wakeable) {
        let mut state = self.state();
        if state.cancelled {
            wakeable.wakeable();
        }
        state.waiting.push(wakeable);
    }

    pub(crate) fn forget(&self, wakeable: &Wakeable) {
        self.state().waiting.retain(|known| !known.is(wakeable));
    }

    fn state(&self) -> MutexGuard<'_, CancelState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wakeable {
    fn wakeable(&self) {
        match self {
            Self::Waker(waker) => waker.wakeable(),
            Self::Line(waiter) => waiter.call_off(),
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
