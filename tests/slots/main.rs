//! `fasten slot`: at most N at once, each with a slot of its own, beside all other locks.
#![cfg(target_os = "linux")]
#![allow(missing_docs, reason = "test names say it")]

#[path = "../support/mod.rs"]
mod support;

mod bad_input;
mod beside_writers;
mod killed;
mod layout;
mod line;
mod nested;
mod one_of_n;
mod removed;
mod slot_users;
mod status;
mod take;
mod torture;
mod usage;
