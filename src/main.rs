//! The command: parse, dispatch, one line about what went wrong, exit code.
//! From here to flock(2): `cmd/args.rs`, `cmd/lock.rs`, `interprocess`, and `lock/acquire.rs`.
//!
//! Rust's own `main` is not used; `cmd/sys/entry.rs` says why.
#![no_main]

mod cmd;

use std::ffi::OsString;
use std::path::Path;

use cmd::args::Action;
use cmd::job::Job;
use cmd::{completions, doctor, failure, flock, lock, manual, status, unlock, usage};

/// Does what the arguments say, and returns the exit code.
fn run(arguments: Vec<OsString>) -> u8 {
    std::panic::set_hook(Box::new(failure::report_bug));
    if is_invoked_as(&arguments, "flock") {
        return flock::run(arguments);
    }
    match usage::parse(&arguments) {
        Ok(cli) => carry_out(cli.action),
        Err(code) => code,
    }
}

fn carry_out(action: Action) -> u8 {
    match action {
        Action::Exclusive(arguments) => lock::run(&Job::exclusive(arguments)),
        Action::Read(arguments) => lock::run(&Job::read(arguments)),
        Action::Write(arguments) => lock::run(&Job::write(arguments)),
        Action::Slot(arguments) => lock::run(&Job::slot(arguments)),
        Action::Unlock(arguments) => unlock::run(&arguments),
        Action::Status(arguments) => status::run(&arguments),
        Action::Doctor(arguments) => doctor::run(&arguments),
        Action::Completions(arguments) => completions::run(&arguments),
        Action::Manual => manual::run(),
    }
}

/// Whether the program was invoked under this name, through a link or otherwise.
fn is_invoked_as(arguments: &[OsString], name: &str) -> bool {
    let program = arguments.first().and_then(|program| Path::new(program).file_name());
    program.is_some_and(|program| program == name)
}
