//! The scripts and programs in examples/, for real: several at once, and killed in the middle.
//!
//! They find `fasten` in the PATH, and before it the test's own version of a
//! program that they call, which tells where they are and waits to be let go.
#![cfg(target_os = "linux")]
#![allow(missing_docs, reason = "test names say it")]

#[path = "../support/ordered.rs"]
mod ordered;
#[path = "../support/running.rs"]
mod running;
#[path = "../support/table.rs"]
mod table;

mod all;
mod cache;
mod critical_section;
mod cron;
mod leader;
mod place;
mod programs;
mod self_locking;
