//! The guard of slots.

use std::fmt;
use std::os::fd::BorrowedFd;
use std::path::Path;

use super::lease::Lease;
use crate::lock::UnfairReason;

/// Slots of an [`InterProcessSemaphore`](crate::InterProcessSemaphore), held until this guard is
/// dropped, in whichever thread. It is `Send` and `Sync`.
///
/// - **Panic**: a guard that a panic drops releases its slots.
/// - **Crash**: the kernel releases the slots when this process has ended, however it ended, and
///   when every process that inherited the descriptor has ended too.
/// - **Fork**: a copy of the guard in a forked child releases nothing. If the parent dies, the
///   child keeps the slots for as long as it has the descriptor, which exec closes.
/// - **Forgotten** ([`std::mem::forget`]): the slots stay held until the process ends.
///
/// The idea is that of Tokio's `OwnedSemaphorePermit`, which has no number.
#[must_use = "the slots are released as soon as the guard is dropped"]
pub struct SlotGuard {
    lease: Lease,
}

impl SlotGuard {
    pub(super) fn new(lease: Lease) -> Self {
        Self { lease }
    }

    /// The number of the slot, from 0 on; of several slots, the lowest one.
    #[must_use]
    pub fn slot(&self) -> u32 {
        self.slots().first().copied().unwrap_or_default()
    }

    /// The numbers of all slots, in ascending order.
    #[must_use]
    pub fn slots(&self) -> Vec<u32> {
        self.lease.slots()
    }

    /// The path of the lock file, as it was given.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.lease.path()
    }

    /// Whether ancestors of this process hold the slots, and this process inherited their descriptor
    /// ([`Nested::Join`](crate::Nested::Join)).
    #[must_use]
    pub fn is_borrowed(&self) -> bool {
        self.lease.is_borrowed()
    }

    /// The descriptor that holds the slots; it is close-on-exec. If another process inherits a
    /// duplicate of it, the slots stay held until that process ends, even if this one dies. `None`
    /// if an ancestor holds them.
    #[must_use]
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.lease.descriptor()
    }

    /// Why waiters were not served in their order; `None` if they were.
    #[must_use]
    pub fn unfair_reason(&self) -> Option<UnfairReason> {
        self.lease.unfair_reason()
    }

    /// Closes this process's descriptor without releasing the slots. They stay held by the processes
    /// that inherited the descriptor, until the last of them has closed it.
    pub fn detach(self) {
        self.lease.detach();
    }
}

impl fmt::Debug for SlotGuard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("SlotGuard")
            .field("path", &self.path())
            .field("slots", &self.slots())
            .finish_non_exhaustive()
    }
}
