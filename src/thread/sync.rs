//! What the lock is built of: the standard library's atomics, mutex and condition variable.
//!
//! Nothing else in the protocol names `std::sync`. `tests/thread_model.rs` compiles the very same files against a `sync` of
//! its own, made of loom's types, and so checks the code that ships and not a copy of it.

pub use std::sync::atomic::{AtomicUsize, Ordering};
pub use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
pub use std::time::Instant;

/// Waits for a notification or, when there is a deadline, until then: whether there is any use in waiting on.
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
