//! Who holds a lock file and who waits for it, and waits that could never end.
//!
//! People delete lock files because they cannot tell who has them, and break the exclusion by that. The
//! kernel knows: here its lock table and the descriptors of processes are read, and nothing is ever
//! acquired. What cannot be seen is said to be unknown, never guessed to be free.
//!
//! From the outside in: [`holders`](fn@holders) and [`all`] answer for people, [`ancestor_holding`] and
//! [`circle`] for a process that is about to wait. Below them `held` and `queue` make holders and waiters
//! of the table's lines, `keepers` asks processes for their descriptors, `process` tells what a process
//! is, and `parse` holds all parsers.

mod endless;
mod id;
mod report;

#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod all;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod certain;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod circle;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
#[doc(hidden)]
pub mod command;
#[cfg(not(all(target_os = "linux", not(fasten_portable))))]
mod elsewhere;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod gate_files;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod held;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod inherited;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod keepers;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod look;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod nested;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod ofd;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod own;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
#[doc(hidden)]
pub mod parse;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod pieces;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod proc;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod process;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod queue;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod removed;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod search;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
#[doc(hidden)]
pub mod table;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod users;

pub use endless::{Ancestor, Link, Step};
pub use id::LockId;
#[doc(hidden)]
pub use report::in_brief;
pub use report::{Holder, Report, State, Waiter};

use crate::lock::Mode;

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

#[cfg(not(all(target_os = "linux", not(fasten_portable))))]
pub(crate) use elsewhere::{
    Above, Cycle, first_holding, held_through, holder_of_removed, holds_alone, inherited, is_awaited,
    keeps_nothing, lineage, users, wait_cycle, youngest,
};
#[cfg(not(all(target_os = "linux", not(fasten_portable))))]
pub use elsewhere::{all, ancestor_holding, circle, holders, own_pid};
#[cfg(not(all(target_os = "linux", not(fasten_portable))))]
#[doc(hidden)]
pub use elsewhere::{holders as search, user_name};
#[cfg(all(target_os = "linux", not(fasten_portable)))]
pub use {all::all, circle::circle, look::holders, nested::ancestor_holding, proc::own_pid};
#[cfg(all(target_os = "linux", not(fasten_portable)))]
pub(crate) use {
    certain::{is_awaited, keeps_nothing},
    circle::{Cycle, wait_cycle},
    inherited::inherited,
    nested::first_holding,
    own::{held_through, holds_alone},
    process::{lineage, youngest},
    removed::holder_of_removed,
    users::{Above, users},
};
#[cfg(all(target_os = "linux", not(fasten_portable)))]
#[doc(hidden)]
pub use {process::user_name, search::search};

#[cfg(all(target_os = "linux", not(fasten_portable)))]
pub(crate) use proc::mount_of;
