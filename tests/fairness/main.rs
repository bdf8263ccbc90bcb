//! Nobody starves: which others pass a process that waits, and what the order costs. Only the cost is measured, beside
//! flock(1) in the same run, because a machine that is busy makes everything longer.
#![cfg(target_os = "linux")]
#![allow(missing_docs, reason = "test names say it")]

#[path = "../support/mod.rs"]
mod support;

mod readers;
mod streams;
mod throughput;
mod turns;
mod writers;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What measures has the machine for itself, as far as this program goes.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}
