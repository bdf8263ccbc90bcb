//! What a caller asks of one lock.

use crate::mode::Mode;
use crate::thread::Preference;

/// What a caller asks of one lock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request {
    pub(crate) mode: Mode,
    /// Who goes first when readers and writers compete; `None` for first come, first served.
    pub(crate) order: Option<Preference>,
    pub(crate) nested: Nested,
    pub(crate) threads: Threads,
    /// Whether the caller may hold other locks, for which other processes may wait. `false` only if
    /// other threads of this process have locks, and this one has none.
    pub(crate) holds_others: bool,
}

/// What the other threads of this process do with the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Threads {
    /// Nothing: if the process holds the lock, it has inherited it.
    None,
    /// Some hold it too, and will release it.
    Share,
}

/// What to do when waiting for a lock is certainly a deadlock: this process, or an ancestor that
/// waits for it, holds the lock in a mode that conflicts, or the wait closes a cycle of such
/// processes.
///
/// A process certainly waits for its child if it has one thread and no other child, and sleeps
/// until a child ends, or reads a pipe that the child writes. A background job, another thread, or
/// an event loop makes it uncertain, and an uncertain deadlock is not refused. Nor is a wait of a
/// process whose other threads may release the lock.
///
/// Deadlocks are found from /proc, on Linux, by a second thread, while the first one waits in the
/// kernel's queue; no environment variable marks the processes under a lock, so none can go stale.
/// Python's fasteners does not look for deadlocks between processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Nested {
    /// Fail with [`Error::Deadlock`](super::Error::Deadlock), as soon as it is certain.
    #[default]
    Refuse,
    /// Use a lock that this process has inherited as its own, so the lock is reentrant across
    /// processes: one of its descriptors refers to the holder's open file. A lock that is not
    /// inherited cannot be joined, and an exclusive lock cannot join a shared one; such a deadlock
    /// is refused.
    Join,
    /// Wait for an ancestor's lock all the same: until the ancestor is killed, say. A thread that
    /// would wait for itself is still refused, and so is a wait that closes a cycle.
    Wait,
}
