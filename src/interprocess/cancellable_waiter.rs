//! A waiter in the queue of this process' threads that a [`CancelToken`] can wake.

use std::sync::Arc;

use crate::lock::{CancelToken, WaitState, Wakeable};
use crate::thread::QueuedThread;

/// A waiter in the queue that the call's [`CancelToken`], if it has one, can wake until this is
/// dropped.
pub(super) struct CancellableWaiter<'a> {
    cancel: Option<&'a CancelToken>,
    waiter: Option<Wakeable>,
}

impl<'a> CancellableWaiter<'a> {
    pub(super) fn new(wait_state: &WaitState<'a>) -> Self {
        Self { cancel: wait_state.cancel(), waiter: None }
    }

    pub(super) fn register(&mut self, waiter: &Arc<QueuedThread>) {
        if let Some(cancel) = self.cancel {
            cancel.register(Wakeable::Line(Arc::clone(waiter)));
            self.waiter = Some(Wakeable::Line(Arc::clone(waiter)));
        }
    }
}

impl Drop for CancellableWaiter<'_> {
    fn drop(&mut self) {
        if let (Some(cancel), Some(waiter)) = (self.cancel, &self.waiter) {
            cancel.unregister(waiter);
        }
    }
}
