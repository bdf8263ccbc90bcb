//! One waiting thread.
//!
//! Each waiter has its own condition variable, so that a release wakes exactly the threads that it
//! admits. (Python's `fasteners.ReaderWriterLock` has one for the whole lock and wakes all waiters,
//! which then check whether it is their turn.) It is not `thread::park`, because the token of
//! `park` belongs to the whole thread: the caller's own protocol may need the one that the lock
//! would consume.
//!
//! No wake-up is lost: a waiter checks its state and goes to sleep under one and the same mutex,
//! which `grant` and `cancel` take to change the state. They find it `Asleep` once the condition
//! variable has released the mutex, and otherwise the waiter will see the change before it sleeps.
//! The mutex also orders memory: what happened before `grant` happens before `wait` returns `true`.

use std::mem;

use super::sync::{self, Backoff, Condvar, Instant, Mutex, MutexGuard, PoisonError};

/// How far a waiter is. `Granted` is final; `grant` may follow `Cancelled`, and then the thread has
/// the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WaiterState {
    /// It runs and will check its state again before it sleeps, so it needs no notification.
    Awake,
    /// It sleeps on the condition variable, or has woken up from it and not yet checked its state.
    Asleep,
    /// The word counts it as a holder.
    Granted,
    /// It was asked to give up, which it does unless it turns out to be admitted meanwhile.
    Cancelled,
}

/// A thread that waits until another thread admits it.
#[derive(Debug)]
pub struct QueuedThread {
    state: Mutex<WaiterState>,
    wake: Condvar,
}

impl QueuedThread {
    /// A waiter for the calling thread.
    pub fn new() -> Self {
        Self { state: Mutex::new(WaiterState::Awake), wake: Condvar::new() }
    }

    /// Ends the wait with success. The word must already count the thread as a holder.
    ///
    /// A waiter that is awake will see it, and is spared the system call.
    pub fn grant(&self) {
        let before = mem::replace(&mut *self.state(), WaiterState::Granted);
        // Outside the mutex, so that the woken thread need not wait for it. The waiter may have
        // gone meanwhile; its `Arc` keeps the condition variable alive.
        if before == WaiterState::Asleep {
            self.wake.notify_one();
        }
    }

    /// Makes the thread give up, unless it has been admitted already.
    pub fn cancel(&self) {
        let mut state = self.state();
        if *state != WaiterState::Granted {
            *state = WaiterState::Cancelled;
            self.wake.notify_one();
        }
    }

    /// Waits until the thread is admitted: `true`. `false` after the deadline or a cancellation.
    /// The thread may still have been admitted then, and must leave the queue to find out.
    pub fn wait(&self, deadline: Option<Instant>) -> bool {
        let mut backoff = Backoff::new();
        while backoff.again() {
            if *self.state() == WaiterState::Granted {
                return true;
            }
        }
        let mut state = self.state();
        let mut in_time = true;
        // A loop, since a condition variable may wake up without a reason. `Asleep` is set each
        // time under the mutex that the condition variable releases, which is why none is missed.
        while in_time && !matches!(*state, WaiterState::Granted | WaiterState::Cancelled) {
            *state = WaiterState::Asleep;
            (state, in_time) = sync::wait(&self.wake, state, deadline);
        }
        *state == WaiterState::Granted
    }

    /// Poison is ignored: the state is one value, so no panic can leave it half changed.
    fn state(&self) -> MutexGuard<'_, WaiterState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
