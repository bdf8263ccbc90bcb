//! The scripts and programs in examples/, for real: several at once, and killed in the middle.
//!
//! They find `fasten` in the PATH, and before it the test's own version of a
//! program that they call, which tells where they are and waits to be let go.
#![cfg(target_os = "linux")]
#![allow(missing_docs, reason = "test names say it")]

#[path = "../support/mod.rs"]
mod support;

mod all;
mod cache;
mod critical_section;
mod cron;
mod documents;
mod every_line;
mod from_flock;
mod from_source;
mod in_rust;
mod leader;
mod machine;
mod recipes;
mod recipes_page;
mod self_locking;
mod stage;
