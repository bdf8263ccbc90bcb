//! The system calls of the library, and all of its `unsafe`.
//!
//! What differs between operating systems is in one directory each, with the same names on both
//! sides: `linux` has gates, and can distinguish a local file system from a network one; `portable`
//! is everything else, and has no gates, because there flock(2) and fcntl(2) locks are one family.
//! A Linux build with `--cfg fasten_portable` uses the portable side, so that it is compiled and
//! tested too.
//!
//! The command's own system calls are in `cmd/sys`.

pub(crate) mod fd;
pub mod file_id;
pub(crate) mod gate_permissions;
pub mod helper_thread;
pub(crate) mod interrupt;
pub(crate) mod per_process;
#[cfg(target_os = "linux")]
#[cfg_attr(fasten_portable, allow(dead_code, reason = "the command uses half of it"))]
pub mod wide;

#[cfg(all(target_os = "linux", not(fasten_portable)))]
#[path = "linux/mod.rs"]
mod os;

#[cfg(not(all(target_os = "linux", not(fasten_portable))))]
#[path = "portable/mod.rs"]
mod os;

pub(crate) use os::{fork, gate_directory, records, reopen, statfs};

#[cfg(all(target_os = "linux", not(fasten_portable)))]
pub(crate) use os::{proc_directory, same_description};
