//! From a lock that is held to a command that runs under it, and back.

use std::os::fd::BorrowedFd;

use super::held_locks::HeldLocks;
use super::program::{CannotStart, Program};
use super::supervise::{Ended, supervise};
use crate::cmd::sys::child::Started;
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

/// Runs the command under the lock and gives the lock back when it has ended. Signals that have been
/// kept before reach the command.
///
/// # Errors
///
/// [`CannotStart`]; the lock is given back then too.
pub(crate) fn run_under(
    mut locks: HeldLocks,
    program: &Program,
    lifetime: Lifetime,
    signals: Option<&Signals>,
) -> Result<Ended, CannotStart> {
    if lifetime != Lifetime::Wrapper {
        let inherited = descriptors::let_inherit(locks.descriptors());
        inherited.map_err(|source| CannotStart::new(program, source))?;
    }
    if lifetime == Lifetime::InPlace {
        locks.leave_gates();
    }
    let ended = run(program, lifetime, signals, "fasten")?;
    match (ended, lifetime) {
        (Ended::Ran(_), Lifetime::LastInheritor) => locks.detach(),
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
        descriptors::let_inherit_lowest(locks).map_err(|source| CannotStart::new(program, source))?;
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
        return Err(CannotStart::new(program, entry::replace_process(program.words())));
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
    ended.map_err(|source| CannotStart::new(program, source))
}
