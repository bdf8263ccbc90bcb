//! A deadline for a thread that sleeps in a lock call.
//!
//! A second thread sleeps until the deadline and then interrupts the first one
//! until it says that it is out of its call: a single interruption could come
//! just before the call begins, and be lost.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::sys::interrupt::{Interruptible, Target};

const AGAIN_AFTER: Duration = Duration::from_millis(1);

/// Rings at the deadline, for the thread that set it, until it is dropped.
#[derive(Debug)]
pub(crate) struct Alarm {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    interruptible: Interruptible,
}

/// While this lives the thread is in a lock call, and the alarm rings for it.
#[derive(Debug)]
pub(crate) struct InCall<'a>(&'a Shared);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    in_call: Option<Target>,
    over: bool,
}

impl Alarm {
    /// Sets the alarm for the calling thread.
    pub(crate) fn set(deadline: Instant) -> io::Result<Self> {
        let interruptible = Interruptible::new()?;
        let shared = Arc::new(Shared::default());
        let watcher = Arc::clone(&shared);
        let thread = thread::Builder::new().spawn(move || watcher.ring_at(deadline))?;
        Ok(Self { shared, thread: Some(thread), interruptible })
    }

    /// The calling thread, which set the alarm, is about to enter a lock call.
    pub(crate) fn rings_for_this_thread(&self) -> InCall<'_> {
        self.shared.lock().in_call = Some(self.interruptible.target());
        self.shared.changed.notify_one();
        InCall(&self.shared)
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.shared.lock().over = true;
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for InCall<'_> {
    fn drop(&mut self) {
        self.0.lock().in_call = None;
    }
}

impl Shared {
    fn ring_at(&self, deadline: Instant) {
        let mut state = self.lock();
        while !state.over {
            let left = deadline.saturating_duration_since(Instant::now());
            let nap = match state.in_call {
                Some(target) if left.is_zero() => {
                    target.interrupt();
                    AGAIN_AFTER
                }
                _ if left.is_zero() => Duration::MAX,
                _ => left,
            };
            state = self.changed.wait_timeout(state, nap).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
