//! The gates with real processes: what the kernel's table shows of them, and the
//! traps around them. What order they make is shown in `tests/fairness`.
#![cfg(target_os = "linux")]
#![allow(missing_docs, reason = "test names say it")]

#[path = "../support/joiner.rs"]
mod joiner;
#[path = "../support/ordered.rs"]
mod ordered;
#[path = "../support/running.rs"]
mod running;
#[path = "../support/table.rs"]
mod table;

mod bad_gate_file;
mod data_file;
mod descriptors;
mod executables;
mod foreign;
mod gate_file;
mod killed;
mod layout;
mod many;
mod nested;
mod nonblock;
mod order;
mod page;
mod refused_by_the_kernel;
mod timeout;
mod unwritable;
mod users;
