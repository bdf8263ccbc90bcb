//! The command: parse, dispatch, one line about what went wrong, exit code.
//!
//! It has no `main` of Rust's own: see `cmd/sys/entry.rs`.
#![no_main]

mod cmd;

use std::ffi::OsString;
use std::path::Path;

/// Does what the arguments say; the code is what the process ends with.
fn run(arguments: Vec<OsString>) -> u8 {
    std::panic::set_hook(Box::new(cmd::failure::report_bug));
    if is_called(&arguments, "flock") {
        return cmd::flock::run(arguments);
    }
    match cmd::usage::parse(arguments) {
        Ok(cli) => cmd::dispatch(cli.action),
        Err(code) => code,
    }
}

/// Whether the link by which we were called has this name.
fn is_called(arguments: &[OsString], name: &str) -> bool {
    let called = arguments.first().and_then(|called| Path::new(called).file_name());
    called.is_some_and(|called| called == name)
}
