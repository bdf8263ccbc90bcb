//! Locks between processes, for scripts and for programs.
//!
//! The command `fasten` is built on this library and on nothing underneath it.
#![warn(missing_docs)]

#[cfg(not(unix))]
compile_error!("fasten needs flock(2): it builds on Linux, macOS and the BSDs");

#[doc(hidden)]
pub mod filesystem;
pub mod holders;
pub mod lock;
mod sys;
pub mod thread;
