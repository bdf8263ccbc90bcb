//! Locks and what orders them: the gates, deadlocks, upgrades, descriptors, a lock under the same lock, the fcntl
//! family. The scripts are real shells, which get one line after the other.
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
