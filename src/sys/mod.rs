//! The system calls of the library, and all of its `unsafe`.
//!
//! What differs between operating systems lies in one folder a system, with
//! the same names on each side: [`linux`](self) has gates and can tell a local
//! file system from a network one; everything else is `portable`, which has no
//! gates, because there flock(2) and fcntl(2) locks are one family. A Linux
//! build with `--cfg fasten_portable` takes the portable side, so that it is
//! compiled and tested too.
//!
//! The command has system calls of its own, in `cmd/sys`.

pub(crate) mod descriptor;
pub mod file_id;
pub(crate) mod gate_permissions;
pub mod helper_thread;
pub(crate) mod interrupt;
pub(crate) mod per_process;

#[cfg(all(target_os = "linux", not(fasten_portable)))]
#[path = "linux/mod.rs"]
mod os;

#[cfg(not(all(target_os = "linux", not(fasten_portable))))]
#[path = "portable/mod.rs"]
mod os;

pub(crate) use os::{fork, gate_directory, records, reopen, statfs};

#[cfg(all(target_os = "linux", not(fasten_portable)))]
pub(crate) use os::same_description;
