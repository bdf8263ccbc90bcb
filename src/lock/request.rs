//! How one lock is wanted.
//!
//! Asking for a lock that an ancestor holds already.
//!
//! If the ancestor certainly waits for us, that wait would never end. It is seen from
//! parentage and descriptors, so there is no environment variable to go stale.

use super::file::LockFile;
use crate::holders::{LockId, holding_above, own_pid};
use crate::mode::Mode;
use crate::thread::Preference;

/// How one lock is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request {
    pub(crate) mode: Mode,
    /// Whose turn comes first; `None` for first come, first served.
    pub(crate) order: Option<Preference>,
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

/// What to do when waiting for a lock certainly never ends: this process or an ancestor that waits
/// for it holds the lock in a mode that conflicts, or the wait closes a cycle of such processes.
///
/// A process certainly waits for its child if it has one thread and no other child, and sleeps until
/// a child ends, or reads a pipe that the child writes. A job in the background, another thread, or an
/// event loop makes it uncertain, and what is not certain is not refused. A process whose other threads
/// may release the lock waits.
///
/// It is looked for while the thread waits in the kernel's queue, by another thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Nested {
    /// It is an error, at once: [`Error::Deadlock`](super::Error).
    #[default]
    Refuse,
    /// A lock that this process has inherited is taken for its own, so the lock is reentrant; one of
    /// our own descriptors refers to the holder's open file. A lock that is not inherited cannot be
    /// joined, nor an exclusive one under an inherited shared one; a deadlock is refused.
    Join,
    /// Wait nevertheless.
    Wait,
}

/// Whether a process above this one, or this one itself, reads under the lock: then a writer that
/// waits at the gates waits for that one, which may wait for us.
pub(crate) fn reads_below(lock: &LockFile, threads: Threads) -> bool {
    let (Ok(id), Ok(own)) = (LockId::of_descriptor(&lock.file), own_pid()) else { return false };
    let above = holding_above(id, lock.family, own, threads == Threads::None);
    above.is_some_and(|above| above.mode == Mode::Shared)
}

/// Whether one of them has to be gone before the other can be in.
pub(crate) fn conflict(held: Mode, wanted: Mode) -> bool {
    held == Mode::Exclusive || wanted == Mode::Exclusive
}
