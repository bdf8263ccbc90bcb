//! Who holds a lock file and who waits for it, and waits that could never end.
//!
//! People delete lock files because they cannot tell who has them, and break the exclusion by that. The
//! kernel knows: here its lock table and the descriptors of processes are read, and nothing is ever
//! acquired. What cannot be seen is said to be unknown, never guessed to be free.
//!
//! From the outside in: [`holders`](fn@holders) and [`all`] answer for people, [`ancestor_holding`] and
//! [`wait_cycle`] for a process that is about to wait. Below them `held` and `queue` make holders and waiters
//! of the table's lines, `keepers` asks processes for their descriptors, `process` tells what a process
//! is, and `parse` holds all parsers.

#[doc(hidden)]
pub mod file_system;

mod cycle_steps;
mod lock_id;
#[cfg_attr(all(target_os = "linux", not(fasten_portable)), path = "linux/mod.rs")]
#[cfg_attr(not(all(target_os = "linux", not(fasten_portable))), path = "unsupported.rs")]
mod os;
mod report;

pub use cycle_steps::{Ancestor, Link, Step};
pub use lock_id::LockId;
pub use os::{all, ancestor_holding, holders, own_pid, wait_cycle};
#[doc(hidden)]
pub use os::{search, user_name};
#[doc(hidden)]
pub use report::in_brief;
pub use report::{Holder, Report, State, Waiter};

/// For the tests, which read the same table.
#[cfg(all(target_os = "linux", not(fasten_portable)))]
#[doc(hidden)]
pub use os::{command, parse, table};

pub(crate) use os::{
    AncestorLookup, Cycle, certain_cycle, first_holding, held_through, holder_of_removed, holds_alone,
    inherited, is_awaited, keeps_nothing, lineage, users, youngest,
};

use crate::mode::Mode;

/// What can be said of a lock that a descriptor of our own may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnLock {
    #[cfg_attr(fasten_portable, allow(dead_code, reason = "nothing can be seen there"))]
    Held(Mode),
    Free,
    /// It cannot be seen.
    Unknown,
}

/// The descriptor by which a process holds a lock on a file whose name is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Removed {
    pub(crate) pid: u32,
    pub(crate) descriptor: u32,
    pub(crate) inode: u64,
}
