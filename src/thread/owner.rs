//! How a lock is held.
//!
//! A number for each lock, never given out twice.
//!
//! It is drawn when the lock is first used, so that a lock can be made in a `const` or a `static`.

use std::sync::{Mutex, OnceLock, PoisonError};

/// How a lock is held: the answer of [`ReaderWriterLock::owner`](super::ReaderWriterLock::owner).
///
/// Source in the seed: the constants `ReaderWriterLock.READER` and `ReaderWriterLock.WRITER`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// One or more threads read.
    Reader,
    /// One thread writes.
    Writer,
}

static LAST: Mutex<u64> = Mutex::new(0);

/// The number of one lock.
#[derive(Debug)]
pub struct Identity(OnceLock<u64>);

impl Identity {
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    pub fn number(&self) -> u64 {
        *self.0.get_or_init(|| {
            let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
            *last += 1;
            *last
        })
    }
}
