//! How one lock is wanted.

use super::nested::Nested;
use crate::mode::Mode;
use crate::thread::Preference;

/// How one lock is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How {
    pub(crate) mode: Mode,
    pub(crate) preference: Preference,
    pub(crate) nested: Nested,
    pub(crate) threads: Threads,
    /// Whether the one who asks may hold other locks, and so be in the way of those it waits for.
    pub(crate) holds_others: bool,
}

/// What is known of this process' other threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Threads {
    /// None of them has to do with this lock: if the process holds it, it has inherited it.
    None,
    /// Some hold it too, and are not in the way for ever.
    Share,
}
