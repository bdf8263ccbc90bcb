//! The command's own system calls: its start and end, the process it runs and the signals between
//! them. The library needs none of this.

pub(crate) mod child;
pub(crate) mod descriptors;
pub(crate) mod entry;
mod exec;
pub(crate) mod flock_open;
pub(crate) mod forked;
pub(crate) mod helper;
pub(crate) mod lock_kind;
mod signal_arrival;
mod signal_set;
pub(crate) mod signals;
#[cfg_attr(not(all(target_os = "linux", not(fasten_portable))), path = "spawn_elsewhere.rs")]
pub(crate) mod spawn;
pub(crate) mod streams;
pub(crate) mod umask;
#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod window;
