//! What a process waits for, and which locks stand in its way.

use super::parse::Entry;
use crate::holders::LockId;
use crate::mode::{Family, Mode};

/// What a process waits for.
#[derive(Clone, Copy)]
pub struct Want {
    pub file: LockId,
    pub mode: Mode,
    pub family: Family,
}

impl Want {
    pub fn is_about(self, lock: &Entry) -> bool {
        lock.file == self.file && lock.kind.family() == self.family
    }

    pub fn conflicts_with(self, lock: &Entry) -> bool {
        self.is_about(lock) && (self.mode == Mode::Exclusive || lock.mode == Mode::Exclusive)
    }

    /// Whether this wait can end only after the lock is released. A reader's lock blocks another
    /// reader too if a writer waits between them: the writer waits for the first, the second for
    /// the writer.
    pub fn is_blocked_by(self, lock: &Entry, a_writer_is_between: bool) -> bool {
        self.conflicts_with(lock) || self.is_about(lock) && a_writer_is_between
    }
}
