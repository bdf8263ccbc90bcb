//! Calling off a wait from another thread.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::interrupter::Bell;
use crate::thread::Waiter;

/// Calls off the waiting for locks that was told of it, now and later.
///
/// Clones are one and the same. A call that has its lock already is not
/// affected: whoever cancels learns from the call's result which it was.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    cancelled: bool,
    waiting: Vec<Ring>,
}

/// What gets a waiting thread to look up.
#[derive(Debug)]
pub(crate) enum Ring {
    /// It sleeps in the kernel.
    Bell(Bell),
    /// It stands in line with other threads.
    Line(Arc<Waiter>),
}

impl Cancel {
    /// Ends every wait that was told of this one, with
    /// [`Error::Cancelled`](super::Error::Cancelled), and those that begin later.
    pub fn cancel(&self) {
        let mut state = self.state();
        state.cancelled = true;
        state.waiting.iter().for_each(Ring::ring);
    }

    /// Whether [`cancel`](Self::cancel) has been called.
    pub fn is_cancelled(&self) -> bool {
        self.state().cancelled
    }

    /// This one is rung too from now on, until it is [left out](Self::forget); at once if it is too late.
    pub(crate) fn remember(&self, ring: Ring) {
        let mut state = self.state();
        if state.cancelled {
            ring.ring();
        }
        state.waiting.push(ring);
    }

    pub(crate) fn forget(&self, ring: &Ring) {
        self.state().waiting.retain(|known| !known.is(ring));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn ring(&self) {
        match self {
            Self::Bell(bell) => bell.ring(),
            Self::Line(waiter) => waiter.call_off(),
        }
    }

    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bell(one), Self::Bell(other)) => one.is(other),
            (Self::Line(one), Self::Line(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}
