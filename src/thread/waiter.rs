//! One waiting thread.
//!
//! Each waiter has a condition variable of its own, so that a release can wake exactly the threads that it lets in. (The seed
//! has one for the whole lock and wakes everybody, who then look whether it is their turn.) Not `thread::park`: its token
//! belongs to the whole thread, and a lock that used it up would take it from the caller's own protocol.

use std::mem;
use std::thread::{self, ThreadId};

use super::sync::{self, Backoff, Condvar, Instant, Mutex, MutexGuard, PoisonError};

/// How far a waiter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Awake,
    Asleep,
    Granted,
    CalledOff,
}

/// A thread that waits until somebody lets it in.
#[derive(Debug)]
pub struct Waiter {
    thread: ThreadId,
    state: Mutex<State>,
    wake: Condvar,
}

impl Waiter {
    /// A waiter for the calling thread.
    pub fn new() -> Self {
        Self { thread: thread::current().id(), state: Mutex::new(State::Awake), wake: Condvar::new() }
    }

    /// The thread that waits.
    pub fn thread(&self) -> ThreadId {
        self.thread
    }

    /// Lets the thread in: the lock is already marked as held by it. One that is awake will see it and costs no system call.
    pub fn grant(&self) {
        let before = mem::replace(&mut *self.state(), State::Granted);
        if before == State::Asleep {
            self.wake.notify_one();
        }
    }

    /// Has the thread give up, unless it has been let in already.
    pub fn call_off(&self) {
        let mut state = self.state();
        if *state != State::Granted {
            *state = State::CalledOff;
            self.wake.notify_one();
        }
    }

    /// Waits to be let in, at most until the deadline or until it is called off: whether it was.
    pub fn wait(&self, deadline: Option<Instant>) -> bool {
        let mut backoff = Backoff::new();
        while backoff.again() {
            if *self.state() == State::Granted {
                return true;
            }
        }
        let mut state = self.state();
        let mut in_time = true;
        while in_time && !matches!(*state, State::Granted | State::CalledOff) {
            *state = State::Asleep;
            (state, in_time) = sync::wait(&self.wake, state, deadline);
        }
        *state == State::Granted
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
