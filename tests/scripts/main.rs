//! Locks in shell scripts: one under another, circles of them, on descriptors,
//! converted, interrupted, and of the fcntl family. The scripts are real shells, which are
//! told one line after the other.
#![cfg(target_os = "linux")]
#![allow(missing_docs, reason = "test names say it")]

#[path = "../support/calls.rs"]
mod calls;
#[path = "../support/joiner.rs"]
mod joiner;
#[path = "../support/ordered.rs"]
mod ordered;
#[path = "../support/portable.rs"]
mod portable;
#[path = "../support/running.rs"]
mod running;
#[path = "../support/table.rs"]
mod table;

mod certain;
mod circles;
mod conversion_gate;
mod conversions;
mod descriptors;
mod fcntl;
mod interrupted;
mod nested;
mod shared;
mod shell;
mod unseen;
