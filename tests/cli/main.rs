//! The command as its users meet it: every promise against real processes.
//!
//! Nothing here sleeps and hopes. What has to have happened is seen: a line in
//! /proc/locks, a word in a pipe, a file, an exit code.

#[path = "../support/calls.rs"]
mod calls;

mod bad_input;
mod beside_flock;
mod doctor;
mod doctor_broken;
mod doctor_caught;
mod doctor_mounts;
mod inherited;
mod lifetime;
mod moved;
mod naming;
mod play;
mod process_1;
mod real_use;
mod removed;
mod several;
mod signals;
mod status;
mod support;
mod terminal;
mod unread;
mod waiting;
mod words;
