//! The holders and waiters of a lock: the library's answers against real processes, and its parsers of /proc.
#![cfg(target_os = "linux")]

#[path = "../support/parsers.rs"]
mod parsers;
#[path = "../support/mod.rs"]
mod support;

mod ancestors;
mod cost;
mod file_systems;
mod held_by_python;
mod other_view;
mod parse;
mod queue;
mod real_processes;
