//! `exclusive`, `read` and `write`: take the locks, run the command, exit as it did.

use std::os::fd::RawFd;
use std::path::Path;
use std::process;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Instant;

use anyhow::{Result, anyhow};
use fasten::{DescriptorLock, Error as LockError, Operation, Wait, lock_all};

use super::exit::Code;
use super::failure;
use super::job::{Job, LockType, Target};
use super::lock_report::LockReport;
use super::message::{report, word};
use super::progress::{Progress, Verbosity};
use super::run::{Ended, HeldLocks, Lifetime, Outcome, end_like, run_under};
use super::slot::slot_variables;
use super::sys::descriptors;
use super::sys::signals::Signals;

/// Takes the locks and runs the command under them.
pub(crate) fn run(job: &Job) -> u8 {
    carry_out(job).unwrap_or_else(|error| {
        let code = failure::code(&error);
        if job.verbosity != Verbosity::Quiet || !failure::is_busy(&error) {
            report(&failure::words(error, job));
        }
        match code {
            Code::Conflict => job.conflict,
            code => code.number(),
        }
    })
}

fn carry_out(job: &Job) -> Result<u8> {
    let asked = Instant::now();
    let (mut locks, signals) = take(job)?;
    let lock_report = (job.verbosity == Verbosity::Verbose).then(|| LockReport::begin(&locks, asked));
    let Some(program) = &job.program else {
        locks.detach();
        return Ok(0);
    };
    locks.share();
    if let (Target::Descriptor(number), Lifetime::Wrapper) = (&job.target, job.lifetime) {
        descriptors::withhold(*number).map_err(|error| {
            anyhow!("/dev/fd/{number}: cannot be closed in the command: {}", word(&error))
        })?;
    }
    let variables = match job.lock_type {
        LockType::Slots { .. } => slot_variables(&locks.slots()),
        _ => Vec::new(),
    };
    let Outcome { ended, sharers } =
        run_under(locks, program, &variables, job.lifetime, signals.as_deref(), lock_report.is_some())?;
    if let Some(lock_report) = lock_report {
        lock_report.end(job.lifetime, &sharers);
    }
    Ok(end_like(ended))
}

/// Takes the locks. Signals that were blocked meanwhile, so that they could not do harm, are
/// returned with them.
fn take(job: &Job) -> Result<(HeldLocks, Option<Box<Signals>>)> {
    let progress = Progress::new(job.verbosity);
    let places = match &job.target {
        Target::Descriptor(number) => return Ok(take_uninterrupted(*number, job, progress)?),
        Target::Locks(locks) => job.find(locks)?,
    };
    let umask = job.umask_aside(&places);
    // Signals are blocked as soon as the call waits at gates: a signal that ends the wait must not
    // leave a gate file behind.
    let blocked = OnceLock::new();
    let block = || {
        let signals = Signals::block();
        let arrival = signals.arrival();
        if arrival.is_err() {
            signals.unblock();
        } else {
            let _ = blocked.set(signals);
        }
        arrival.ok()
    };
    let requests = places.iter().map(|place| job.request(place, umask.as_ref()));
    let taken =
        lock_all(requests, job.waiting().on_wait(&|path| progress.waiting_for(path)).stopped_by(&block));
    drop((progress, umask));
    let taken = unless_signalled(taken, blocked.get())?;
    Ok((HeldLocks::Files(taken.into_iter().collect()), blocked.into_inner().map(Box::new)))
}

/// What was taken; but if a signal has arrived meanwhile, it ends this process as it would have
/// without being blocked.
fn unless_signalled<T, E>(taken: Result<T, E>, signals: Option<&Signals>) -> Result<T, E> {
    if let Some(signal) = signals.and_then(Signals::arrived) {
        drop(taken);
        process::exit(end_like(Ended::Cancelled(signal)).into());
    }
    taken
}

/// Takes the lock of a descriptor. It may be locked already, and an interrupted conversion would
/// lose that lock. So signals are blocked from now on, until the command can receive them. In every
/// other wait a signal simply ends this process.
fn take_uninterrupted(
    descriptor: RawFd,
    job: &Job,
    progress: Progress,
) -> Result<(HeldLocks, Option<Box<Signals>>), LockError> {
    let signals = Signals::block();
    let on_wait = |path: &Path| progress.waiting_for(path);
    let waiting = job.waiting().on_wait(&on_wait);
    let lock = DescriptorLock::of_foreign(descriptors::inherited(descriptor), job.options);
    // Without a way to notice signals the wait is not begun: nothing could end it.
    let taken = match signals.arrival() {
        Ok(arrival) => {
            let arrival = Mutex::new(Some(arrival));
            lock.lock(
                job.lock_type.mode(),
                waiting.only_stopped_by(&|| arrival.lock().unwrap_or_else(PoisonError::into_inner).take()),
            )
        }
        Err(source) => lock.lock(job.lock_type.mode(), Wait::never()).map_err(|error| match error {
            LockError::Busy { path, .. } => LockError::system(&path, Operation::Wait, source),
            error => error,
        }),
    };
    drop(progress);
    let taken = unless_signalled(taken, Some(&signals))?;
    Ok((HeldLocks::Descriptor(descriptor, Box::new(taken)), Some(Box::new(signals))))
}
