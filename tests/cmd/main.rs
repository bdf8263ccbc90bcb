//! The command as its users meet it: every promise against real processes.
//!
//! Nothing here sleeps and hopes. What has to have happened is seen: a line in
//! /proc/locks, a word in a pipe, a file, an exit code.

#[path = "../../src/cmd/args.rs"]
#[allow(dead_code, reason = "only compared")]
mod args;
#[path = "../../src/cmd/option_values.rs"]
#[allow(dead_code, reason = "only what clap reads is compared")]
mod option_values;
#[path = "../support/mod.rs"]
mod support;

mod advice;
mod bad_input;
mod beside_flock;
mod coalesce;
mod doctor;
mod fast_path;
mod left_out;
mod lifetime;
mod mode;
mod moved;
mod names;
mod naming;
mod pace;
mod play;
mod process_1;
mod real_use;
mod removed;
mod several;
mod signals;
mod status;
mod terminal;
mod transparent;
mod unread;
mod verbose;
mod waiting;
mod words;
#[cfg(target_os = "linux")]
mod wrapped_command;
