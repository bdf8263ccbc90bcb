//! What the lock is built on: the standard library's atomics, mutex and condition variable, and the
//! time that a waiter stays awake.
//!
//! No other file of the protocol names `std::sync`. `tests/thread_model.rs` compiles the same files
//! with a `sync` of its own, made of loom's types and without the yields, and so checks the code
//! that ships and not a copy of it.

pub use std::sync::atomic::{AtomicUsize, Ordering};
pub use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
pub use std::time::Instant;

/// How often a waiter yields its processor before it sleeps.
const YIELDS: u32 = 50;

/// Waits for a notification, until the deadline at most. `false` if the deadline had passed before
/// the call: the caller need not wait again. It may return early, as condition variables do.
pub fn wait<'a, T>(
    condvar: &Condvar,
    guard: MutexGuard<'a, T>,
    deadline: Option<Instant>,
) -> (MutexGuard<'a, T>, bool) {
    let Some(deadline) = deadline else {
        let guard = condvar.wait(guard).unwrap_or_else(PoisonError::into_inner);
        return (guard, true);
    };
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return (guard, false);
    }
    let (guard, _) = condvar.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner);
    (guard, true)
}

/// A bounded number of yields.
///
/// A lock is mostly held for less time than it takes to put a thread to sleep and to wake it again.
/// So a waiter first yields its processor a few times, to the holder if need be, and only then
/// sleeps. With eight threads on two processors this makes a hand-over about eight times as fast.
/// The waiter is in the queue meanwhile, so no other thread overtakes it.
///
/// A thread never spins or yields *before* it joins the queue, as it does in other locks: it would
/// have no place there yet, and any number of threads could overtake it.
#[derive(Debug, Default)]
pub struct Backoff {
    yields: u32,
}

impl Backoff {
    pub fn new() -> Self {
        Self::default()
    }

    /// Yields the processor once. `false` when the bound is reached: it is time to sleep.
    pub fn again(&mut self) -> bool {
        self.yields += 1;
        if self.yields <= YIELDS {
            thread::yield_now();
        }
        self.yields <= YIELDS
    }
}
