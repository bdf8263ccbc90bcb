//! From locks that are held to the command that runs under them, and back.

use std::ffi::CString;
use std::os::fd::BorrowedFd;

use super::held_locks::HeldLocks;
use super::program::{CannotStart, Program};
use super::supervise::{Ended, supervise};
use crate::cmd::sys::child::Started;
use crate::cmd::sys::signals::{self, Signals};
use crate::cmd::sys::{descriptors, entry, spawn, streams};

/// How long the lock is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// Until the command ends, even if fasten is killed before (the default).
    Command,
    /// Until every process that inherited it has exited (`--linger`).
    LastInheritor,
    /// Until fasten ends: the command does not inherit it (`--close`).
    Wrapper,
    /// As `LastInheritor`, and fasten execs the command (`--no-fork`).
    InPlace,
}

/// What became of a command, and which processes it left behind under the locks; these are looked
/// for only if the caller asks.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) ended: Ended,
    pub(crate) sharers: Vec<u32>,
}

/// Runs the command under the locks, with these variables in its environment, and releases the locks
/// when it has ended. Signals that were blocked
/// before reach the command.
///
/// # Errors
///
/// [`CannotStart`]; the locks are released then too.
pub(crate) fn run_under(
    mut locks: HeldLocks,
    program: &Program,
    variables: &[CString],
    lifetime: Lifetime,
    signals: Option<&Signals>,
    looks_for_sharers: bool,
) -> Result<Outcome, CannotStart> {
    if lifetime != Lifetime::Wrapper {
        let inherited = descriptors::let_inherit(locks.descriptors());
        inherited.map_err(|source| CannotStart::new(program, source))?;
    }
    if lifetime == Lifetime::InPlace {
        locks.leave_gates();
    }
    let ended = run(program, variables, lifetime, signals, "fasten")?;
    let sharers = if looks_for_sharers { locks.sharers() } else { Vec::new() };
    match (ended, lifetime) {
        (Ended::Ran(_), Lifetime::LastInheritor) => locks.detach(),
        _ => drop(locks),
    }
    Ok(Outcome { ended, sharers })
}

/// Runs the command as flock(1) does: it inherits the locks under the lowest free numbers. The
/// caller releases them.
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
    run(program, &[], lifetime, None, "flock")
}

fn run(
    program: &Program,
    variables: &[CString],
    lifetime: Lifetime,
    signals: Option<&Signals>,
    name: &str,
) -> Result<Ended, CannotStart> {
    streams::restore_broken_pipe();
    if lifetime == Lifetime::InPlace {
        if let Some(signal) = signals.and_then(Signals::arrived) {
            return Ok(Ended::Cancelled(signal));
        }
        // From here on a signal is for the command.
        if let Some(signals) = signals {
            signals.unblock();
        }
        return Err(CannotStart::new(program, entry::replace_process(program.words(), variables)));
    }
    let blocked_now;
    let signals = if let Some(blocked_before) = signals {
        blocked_before
    } else {
        blocked_now = Signals::block();
        &blocked_now
    };
    let ended = spawn::spawn(program.words(), variables, signals).and_then(|started| match started {
        Started::Running(child) => supervise(child, signals, name).map(Ended::Ran),
        Started::Cancelled(signal) => Ok(Ended::Cancelled(signal)),
    });
    ended.map_err(|source| CannotStart::new(program, source))
}
