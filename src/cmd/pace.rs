//! When the waiting line is shown.
//!
//! This file imports nothing of the crate, so that the tests can include it.

use std::time::Duration;

const PATIENCE: Duration = Duration::from_millis(500);
const REDRAWN_EVERY: Duration = Duration::from_secs(1);
const REPEATED_EVERY: Duration = Duration::from_secs(30);

/// How a waiting line goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// In its place, where a terminal can redraw it.
    Redrawn,
    /// As a new line each time, where it cannot, or where there is none.
    Repeated,
}

impl Pace {
    /// When the line is due, from the beginning of the wait, after it has been due this often.
    pub(crate) fn due(self, before: u32) -> Duration {
        let every = match self {
            Self::Redrawn => REDRAWN_EVERY,
            Self::Repeated => REPEATED_EVERY,
        };
        every.saturating_mul(before).saturating_add(PATIENCE)
    }
}
