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
    /// The slots that are requested with a shared lock, if it is about slots.
    pub(crate) slots: Option<Slots>,
}

/// How many slots a lock has, and how many of them a call takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slots {
    pub(crate) count: u32,
    pub(crate) take: u32,
}

/// What the other threads of this process do with the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Threads {
    /// Nothing: if the process holds the lock, it has inherited it.
    None,
    /// Some hold it too, and will release it.
    Share,
}

/// What to do when waiting for a lock is certainly a deadlock: this thread, or an ancestor that
/// waits for this process, holds the lock in a mode that conflicts, this process has inherited it,
/// or the wait closes a cycle of such processes.
///
/// | the lock is held by | `Refuse` | `Join` | `Wait` |
/// | --- | --- | --- | --- |
/// | this thread | `Deadlock` | is shared | `Deadlock` |
/// | an ancestor, and this process inherited its descriptor | `Deadlock` | is shared | waits |
/// | an ancestor, without that | `Deadlock` | `Deadlock` | waits |
/// | a cycle of processes | `Deadlock` | `Deadlock` | `Deadlock` |
///
/// A thread that reads can read again with each of them. Without a wait
/// ([`Wait::never`](super::Wait::never)) each `Deadlock` is [`Error::Busy`](super::Error::Busy).
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
    /// Share a lock that this thread holds, or that this process has inherited: one of its
    /// descriptors refers to the holder's open file. So the lock is reentrant, across processes
    /// too. It is released with the last of its guards; of an inherited lock, when the holder and
    /// the last process that joined have released it
    /// ([`Guard::is_borrowed`](crate::Guard::is_borrowed)). An exclusive request cannot join a
    /// shared lock; that is refused, as with `Refuse`.
    Join,
    /// Wait for an ancestor's lock all the same: until the ancestor is killed, say, or the limit of
    /// the [`Wait`](super::Wait) is up. A thread that would wait for itself is still refused, and
    /// so is a wait that closes a cycle.
    Wait,
}
