//! The processes that hold a lock file, those that wait for it, and waits that never end.
//!
//! Users delete lock files because they cannot find out which process holds them, and two processes
//! then run at once. The kernel knows the holder. This module reads the kernel's lock table and the
//! descriptors of processes, and never acquires a lock. What cannot be seen is reported as unknown,
//! never as free.
//!
//! [`of`] reports on one lock file, and [`all`] on every lock of the machine. All answers are plain
//! values. On systems without Linux's /proc, nothing can be seen. A [`Holder`] is printed as
//! `make -j8 (pid 4242, ann)`; `examples/holders.rs` prints a table of all locks, and
//! `examples/single_instance.rs` the holder of one.

#[doc(hidden)]
pub mod file_system;

mod lock_id;
#[cfg_attr(all(target_os = "linux", not(fasten_portable)), path = "linux/mod.rs")]
#[cfg_attr(not(all(target_os = "linux", not(fasten_portable))), path = "unsupported.rs")]
mod os;
mod report;

pub use lock_id::LockId;
pub use os::{all, of};
/// For the command and the tests, which look for deadlocks themselves.
#[doc(hidden)]
pub use os::{ancestor_holding, own_pid, wait_cycle};
#[doc(hidden)]
pub use os::{lineage, search, sharers, user_name};
pub use report::{Ancestor, Holder, Link, Report, SlotCount, State, Step, Waiter};

/// For the tests and the fuzzer, which read the same table and try the parsers.
#[cfg(all(target_os = "linux", not(fasten_portable)))]
#[doc(hidden)]
pub use os::{command, mountinfo, parse, snapshot};

pub(crate) use os::{
    AncestorLookup, Cycle, certain_cycle, glimpse_above, held_through, holder_of_removed, holding_above,
    holds_alone, inherited, is_awaited, keeps_nothing, slots_kept_above, slots_through, threads_on_system,
    users, waiter, youngest,
};
pub(crate) use report::in_brief;

use crate::mode::Mode;

/// How one of our own descriptors holds a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnLock {
    /// In this mode.
    #[cfg_attr(
        any(fasten_portable, not(target_os = "linux")),
        allow(dead_code, reason = "nothing can be seen there")
    )]
    Held(Mode),
    /// Not at all.
    Free,
    /// That cannot be seen.
    Unknown,
}

/// The descriptor through which a process holds a lock on a file that was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Removed {
    pub(crate) pid: u32,
    pub(crate) descriptor: u32,
    pub(crate) inode: u64,
}
