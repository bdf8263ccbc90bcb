//! Asking for a lock that an ancestor holds already.
//!
//! That wait would never end: the ancestor waits for us. It is seen from
//! parentage and descriptors, so there is no environment variable to go stale.

use super::file::LockFile;
use super::mode::Mode;
use super::request::Threads;
use crate::holders::{Ancestor, LockId, first_holding, lineage, own_pid};

/// What to do when waiting for a lock would never end: an ancestor of this
/// process holds it in a mode that conflicts, or the wait would close a circle
/// of processes that wait for each other.
///
/// Looked for only when there is something to wait for. A lock that is held in
/// the wrapper's process tree is held by an ancestor also for a background
/// process that is to outlive it; that one wants [`Nested::Wait`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Nested {
    /// It is an error, at once: [`Error::WouldNeverEnd`](super::Error).
    #[default]
    Refuse,
    /// An ancestor's lock is taken for ours, so the lock is reentrant; an
    /// exclusive one under an ancestor's shared one is refused all the same,
    /// and so is a circle.
    Join,
    /// Wait nevertheless.
    Wait,
}

/// The nearest ancestor that holds the lock; failing that, this process itself,
/// which may have inherited the lock from a program whose place it took.
pub(crate) fn ancestor(lock: &LockFile, threads: Threads) -> Option<Ancestor> {
    let id = LockId::of_descriptor(&lock.file).ok()?;
    let mut chain = lineage(own_pid().ok()?);
    chain.rotate_left(1);
    if threads == Threads::Share {
        chain.pop();
    }
    first_holding(id, lock.family, chain).ok()?
}

/// Whether one of them has to be gone before the other can be in.
pub(crate) fn conflict(held: Mode, wanted: Mode) -> bool {
    held == Mode::Exclusive || wanted == Mode::Exclusive
}
