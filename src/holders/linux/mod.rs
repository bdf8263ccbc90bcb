//! Linux: the kernel's lock table, and the descriptors of processes in /proc.
//!
//! The way from the kernel to an answer, each module using only those before it:
//!
//! - `proc` reads files; `parse`, `mountinfo` and `command` parse them; `identify` names a file as
//!   the table does; `process` describes a process.
//! - `snapshot` reads /proc/locks; `gate_files` adds the lines of a lock's gate file; `fdinfo`
//!   reads the locks of descriptors.
//! - `slot_bytes` finds the slots that a descriptor holds.
//! - `holding` and `waiting` turn lines into holders and waiters; `certain_wait` finds the
//!   processes that wait for their children.
//! - `own`, `sharers`, `ancestors`, `removed`, `query`, `search` and `wait_cycle` answer questions.

mod ancestors;
mod certain_wait;
#[doc(hidden)]
pub mod command;
mod fdinfo;
mod gate_files;
mod holding;
mod identify;
#[doc(hidden)]
pub mod mountinfo;
mod ofd_waiters;
mod own;
#[doc(hidden)]
pub mod parse;
mod proc;
mod process;
mod query;
mod removed;
mod search;
mod sharers;
mod slot_bytes;
#[doc(hidden)]
pub mod snapshot;
mod wait_cycle;
mod waiting;
mod want;

pub use ancestors::ancestor_holding;
pub(crate) use ancestors::{glimpse_above, holding_above};
pub(crate) use certain_wait::{is_awaited, keeps_nothing};
pub(crate) use own::{held_through, holds_alone, inherited};
pub use proc::own_pid;
pub(crate) use proc::{mount_of, threads_on_system};
pub(crate) use process::youngest;
pub use process::{lineage, user_name};
pub use query::{all, of};
pub(crate) use removed::holder_of_removed;
pub use search::search;
pub use sharers::sharers;
pub(crate) use sharers::{AncestorLookup, users};
pub(crate) use slot_bytes::{slots_kept_above, slots_through};
pub use wait_cycle::wait_cycle;
pub(crate) use wait_cycle::{Cycle, certain_cycle};
pub(crate) use waiting::waiter;
