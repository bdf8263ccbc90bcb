//! From a lock that is held to a command that runs under it, and back.

use std::fmt;
use std::io;

use super::program::Program;
use super::supervise::supervise;
use crate::exit::Code;
use crate::message::word;
use crate::sys::child::End;
use crate::sys::{descriptors, exec, pipe, signals::Signals, spawn};
use fasten::lock::Guard;

/// How long the lock lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// As long as the command, whether or not its wrapper lives (the default).
    Command,
    /// Until the last process is gone that inherited it (`--linger`).
    LastInheritor,
    /// As long as the wrapper: the command does not inherit it (`--close`).
    Wrapper,
    /// As `LastInheritor`, and the command takes the wrapper's place (`--no-fork`).
    InPlace,
}

/// The command could not be started.
#[derive(Debug)]
pub(crate) struct CannotStart {
    name: String,
    source: io::Error,
}

/// Runs the command under the lock and gives the lock back when it has ended.
///
/// # Errors
///
/// [`CannotStart`]; the lock is given back then too.
pub(crate) fn run_under(guard: Guard, program: &Program, lifetime: Lifetime) -> Result<End, CannotStart> {
    let cannot_start = |source| CannotStart { name: program.name(), source };
    if lifetime != Lifetime::Wrapper {
        descriptors::let_inherit(guard.descriptors()).map_err(cannot_start)?;
    }
    pipe::restore();
    if lifetime == Lifetime::InPlace {
        return Err(cannot_start(exec::replace_process(program.words())));
    }
    let signals = Signals::keep_for_supervisor();
    let child = spawn::spawn(program.words(), &signals).map_err(cannot_start)?;
    let end = supervise(child, &signals).map_err(cannot_start)?;
    match lifetime {
        Lifetime::LastInheritor => guard.leave_to_inheritors(),
        _ => drop(guard),
    }
    Ok(end)
}

impl CannotStart {
    /// 127 for a command that was not found, 126 for one that cannot be
    /// executed, 71 where the system has no means left for another process.
    pub(crate) fn code(&self) -> Code {
        match self.source.raw_os_error() {
            Some(libc::ENOENT) => Code::NotFound,
            Some(libc::EAGAIN | libc::ENOMEM | libc::EMFILE | libc::ENFILE | libc::ECHILD) => Code::System,
            _ => Code::CannotExecute,
        }
    }
}

impl fmt::Display for CannotStart {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        let word = word(&self.source);
        match self.code() {
            Code::NotFound => write!(out, "{name}: command not found; is it in PATH, and what its #! names?"),
            Code::System => write!(out, "{name}: cannot be started: {word}"),
            _ => write!(out, "{name}: cannot be executed: {word}"),
        }
    }
}

impl std::error::Error for CannotStart {}
