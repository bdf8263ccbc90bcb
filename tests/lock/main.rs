//! Locks in shell scripts: one under another, circles of them, on descriptors,
//! converted, interrupted, and of the fcntl family. The scripts are real shells, which are
//! told one line after the other.
#![cfg(target_os = "linux")]
#![allow(missing_docs, reason = "test names say it")]

#[path = "../support/mod.rs"]
mod support;

mod deadlock;
mod descriptors;
mod fcntl;
mod gates;
mod nested;
mod shared;
mod shell;
mod unseen;
mod upgrade;
mod world;
