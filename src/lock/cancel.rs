//! Calling off a wait from another thread.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::alarm::Bell;

/// Calls off the waiting for locks that was told of it, now and later.
///
/// Clones are one and the same. A call that has its lock already is not
/// affected: whoever cancels learns from the call's result which it was.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    cancelled: bool,
    waiting: Vec<Bell>,
}

impl Cancel {
    /// Ends every wait that was told of this one, with
    /// [`Error::Cancelled`](super::Error::Cancelled), and those that begin later.
    pub fn cancel(&self) {
        let mut state = self.state();
        state.cancelled = true;
        state.waiting.iter().for_each(Bell::ring);
    }

    /// Whether [`cancel`](Self::cancel) has been called.
    pub fn is_cancelled(&self) -> bool {
        self.state().cancelled
    }

    /// This one is rung too from now on, until it is [left out](Self::forget).
    pub(crate) fn remember(&self, bell: &Bell) {
        self.state().waiting.push(bell.clone());
    }

    pub(crate) fn forget(&self, bell: &Bell) {
        self.state().waiting.retain(|known| !known.is(bell));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
