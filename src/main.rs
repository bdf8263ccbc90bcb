//! The command: parse, dispatch, one line about what went wrong, exit code.
//!
//! It has no `main` of Rust's own: see `cmd/sys/entry.rs`.
#![no_main]

mod cmd;

use std::ffi::OsString;
use std::path::Path;

use cmd::args::Action;
use cmd::job::Job;
use cmd::{doctor, failure, flock, lock, status, unlock, usage};

/// Does what the arguments say; the code is what the process ends with.
fn run(arguments: Vec<OsString>) -> u8 {
    std::panic::set_hook(Box::new(failure::report_bug));
    if is_called(&arguments, "flock") {
        return flock::run(arguments);
    }
    match usage::parse(arguments) {
        Ok(cli) => carry_out(cli.action),
        Err(code) => code,
    }
}

fn carry_out(action: Action) -> u8 {
    match action {
        Action::Exclusive(arguments) => lock::run(&Job::exclusive(arguments)),
        Action::Read(arguments) => lock::run(&Job::read(arguments)),
        Action::Write(arguments) => lock::run(&Job::write(arguments)),
        Action::Unlock(arguments) => unlock::run(&arguments),
        Action::Status(arguments) => status::run(&arguments),
        Action::Doctor(arguments) => doctor::run(&arguments),
    }
}

/// Whether the link by which we were called has this name.
fn is_called(arguments: &[OsString], name: &str) -> bool {
    let called = arguments.first().and_then(|called| Path::new(called).file_name());
    called.is_some_and(|called| called == name)
}
