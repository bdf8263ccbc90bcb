//! From a lock that is held to a command that runs under it, and back.

use std::fmt;
use std::io;
use std::os::fd::BorrowedFd;

use super::locks::Locks;
use super::program::Program;
use super::supervise::supervise;
use crate::cmd::exit::Code;
use crate::cmd::message::word;
use crate::cmd::sys::child::{End, Started};
use crate::cmd::sys::signals::{self, Signals};
use crate::cmd::sys::{descriptors, entry, spawn, streams};

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

/// What became of a command.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ended {
    /// It ran, and ended so.
    Ran(End),
    /// This signal came before it was started.
    CalledOff(i32),
}

/// The command could not be started.
#[derive(Debug)]
pub(crate) struct CannotStart {
    name: String,
    source: io::Error,
}

/// Runs the command under the lock and gives the lock back when it has ended. Signals that have been
/// kept before reach the command.
///
/// # Errors
///
/// [`CannotStart`]; the lock is given back then too.
pub(crate) fn run_under(
    mut locks: Locks,
    program: &Program,
    lifetime: Lifetime,
    signals: Option<&Signals>,
) -> Result<Ended, CannotStart> {
    if lifetime != Lifetime::Wrapper {
        let inherited = descriptors::let_inherit(locks.descriptors());
        inherited.map_err(|source| cannot_start(program, source))?;
    }
    if lifetime == Lifetime::InPlace {
        locks.leave_gates();
    }
    let ended = run(program, lifetime, signals, "fasten")?;
    match (ended, lifetime) {
        (Ended::Ran(_), Lifetime::LastInheritor) => locks.leave_to_inheritors(),
        _ => drop(locks),
    }
    Ok(ended)
}

/// Runs the command as flock(1) does: it inherits the locks under the lowest
/// numbers there are, and they are the caller's to give back.
///
/// # Errors
///
/// [`CannotStart`].
pub(crate) fn run_as_flock<'a>(
    locks: impl Iterator<Item = BorrowedFd<'a>>,
    program: &Program,
    lifetime: Lifetime,
) -> Result<Ended, CannotStart> {
    if lifetime != Lifetime::Wrapper {
        descriptors::let_inherit_lowest(locks).map_err(|source| cannot_start(program, source))?;
    }
    signals::default_for_children();
    run(program, lifetime, None, "flock")
}

fn run(
    program: &Program,
    lifetime: Lifetime,
    signals: Option<&Signals>,
    name: &str,
) -> Result<Ended, CannotStart> {
    streams::restore_broken_pipe();
    if lifetime == Lifetime::InPlace {
        if let Some(signal) = signals.and_then(Signals::arrived) {
            return Ok(Ended::CalledOff(signal));
        }
        // A signal from here on is the command's: the lock stays as it is for that.
        if let Some(signals) = signals {
            signals.give_back();
        }
        return Err(cannot_start(program, entry::replace_process(program.words())));
    }
    let kept_now;
    let signals = if let Some(kept_before) = signals {
        kept_before
    } else {
        kept_now = Signals::keep_for_supervisor();
        &kept_now
    };
    let ended = spawn::spawn(program.words(), signals).and_then(|started| match started {
        Started::Running(child) => supervise(child, signals, name).map(Ended::Ran),
        Started::CalledOff(signal) => Ok(Ended::CalledOff(signal)),
    });
    ended.map_err(|source| cannot_start(program, source))
}

fn cannot_start(program: &Program, source: io::Error) -> CannotStart {
    CannotStart { name: program.name(), source }
}

impl CannotStart {
    /// The system's own word.
    pub(crate) fn error(&self) -> &io::Error {
        &self.source
    }

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
