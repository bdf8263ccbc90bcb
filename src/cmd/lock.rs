//! What `exclusive`, `read` and `write` have in common: take the locks, run the
//! command, end as it did.

use std::cell::{Cell, OnceCell};
use std::os::fd::RawFd;
use std::path::{Path, PathBuf};
use std::process;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use fasten::{
    DescriptorLock, Error as LockError, Family, InterProcessLock, InterProcessReaderWriterLock, Mode, Nested,
    Options, Preference, Waiting, Wanted, lock_all,
};

use super::describe;
use super::doubt;
use super::progress::{Notice, Voice};
use crate::cmd::args::{self, LockArgs};
use crate::cmd::exit::Code;
use crate::cmd::failure;
use crate::cmd::message::{say, say_at_once, word};
use crate::cmd::run::{Ended, Lifetime, Locks, Program, end_like, run_under};
use crate::cmd::sys::descriptors;
use crate::cmd::sys::signals::Signals;

/// A validated call: every value of it can be carried out.
#[derive(Debug)]
pub(crate) struct Job {
    target: Target,
    kind: Kind,
    options: Options,
    waiting: Waiting<'static>,
    program: Option<Program>,
    lifetime: Lifetime,
    conflict: u8,
    joins: bool,
    voice: Voice,
}

/// What is to be locked.
#[derive(Debug)]
enum Target {
    Paths(Vec<PathBuf>),
    Descriptor(RawFd),
}

/// What is wanted of it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Mutex,
    Reader,
    Writer(Preference),
}

impl Job {
    pub(crate) fn new(arguments: LockArgs, kind: Kind) -> Self {
        Self {
            options: Options::new()
                .family(if arguments.fcntl { Family::Fcntl } else { Family::Flock })
                .preference(kind.preference())
                .create(!arguments.no_create)
                .nested(match arguments.nested {
                    args::Nested::Refuse => Nested::Refuse,
                    args::Nested::Join => Nested::Join,
                    args::Nested::Wait => Nested::Wait,
                }),
            waiting: match (arguments.nonblock, arguments.timeout) {
                (true, _) | (_, Some(Duration::ZERO)) => Waiting::never(),
                (_, Some(limit)) => Waiting::at_most(limit),
                (_, None) => Waiting::forever(),
            },
            target: match arguments.fd {
                Some(number) => Target::Descriptor(number),
                None => Target::Paths(arguments.locks),
            },
            kind,
            program: match arguments.command_string {
                Some(string) => Some(Program::shell(string)),
                None if arguments.command.is_empty() => None,
                None => Some(Program::new(arguments.command)),
            },
            lifetime: match (arguments.no_fork, arguments.close, arguments.linger) {
                (true, _, _) => Lifetime::InPlace,
                (_, true, _) => Lifetime::Wrapper,
                (_, _, true) => Lifetime::LastInheritor,
                _ => Lifetime::Command,
            },
            conflict: arguments.conflict_exit_code,
            joins: matches!(arguments.nested, args::Nested::Join),
            voice: match (arguments.quiet, arguments.verbose) {
                (true, _) => Voice::Quiet,
                (_, true) => Voice::Verbose,
                _ => Voice::Normal,
            },
        }
    }
}

impl Job {
    fn waiting(&self) -> Waiting<'static> {
        if self.voice == Voice::Quiet { self.waiting } else { self.waiting.doubting(doubt::say_so) }
    }
}

/// Takes the locks and runs the command under them.
pub(crate) fn run(job: &Job) -> u8 {
    carry_out(job).unwrap_or_else(|error| {
        if job.voice != Voice::Quiet {
            let refusal =
                error.downcast_ref::<LockError>().and_then(|error| describe::refusal(error, job.joins));
            say(&refusal.unwrap_or_else(|| error.to_string()));
        }
        match failure::code(&error) {
            Code::Conflict => job.conflict,
            code => code.number(),
        }
    })
}

fn carry_out(job: &Job) -> Result<u8> {
    let asked = Instant::now();
    let (mut locks, signals) = take(job)?;
    let taken = Instant::now();
    if job.voice == Voice::Verbose {
        tell_of(&locks, taken - asked);
    }
    let Some(program) = &job.program else {
        locks.leave_to_inheritors();
        return Ok(0);
    };
    locks.share();
    if let (Target::Descriptor(number), Lifetime::Wrapper) = (&job.target, job.lifetime) {
        descriptors::withhold(*number).map_err(|error| {
            anyhow!("/dev/fd/{number}: cannot be closed in the command: {}", word(&error))
        })?;
    }
    let ended = run_under(locks, program, job.lifetime, signals.as_deref())?;
    if job.voice == Voice::Verbose {
        say(&format!("released after {:.3?}", taken.elapsed()));
    }
    Ok(end_like(ended))
}

impl Kind {
    /// Whether it waits in a gate file.
    fn has_gates(self) -> bool {
        self.preference() != Preference::Reader
    }

    fn mode(self) -> Mode {
        if matches!(self, Self::Reader) { Mode::Shared } else { Mode::Exclusive }
    }

    fn preference(self) -> Preference {
        match self {
            Self::Mutex => Preference::Reader,
            Self::Reader => Preference::PhaseFair,
            Self::Writer(preference) => preference,
        }
    }
}

/// With the signals that are kept since before the lock was touched, if it is one that must not be
/// lost.
fn take(job: &Job) -> Result<(Locks, Option<Box<Signals>>), LockError> {
    let notice = Notice::new(job.voice);
    let paths = match &job.target {
        Target::Descriptor(number) => return take_unharmed(*number, job, notice),
        Target::Paths(paths) => paths,
    };
    // Signals are kept as soon as there is something to wait for: one that ends the waiting is not to
    // leave a gate file behind.
    let kept = OnceCell::new();
    let keep = || {
        let signals = job.kind.has_gates().then(Signals::keep_for_supervisor)?;
        let arrival = signals.arrival();
        if arrival.is_err() {
            signals.give_back();
        } else {
            let _ = kept.set(signals);
        }
        arrival.ok()
    };
    let wanted = paths.iter().map(|path| wanted(path, job));
    let taken = lock_all(wanted, job.waiting().telling(&|path| notice.waiting_for(path)).stopped_by(&keep));
    drop(notice);
    let taken = unless_signalled(taken, kept.get())?;
    Ok((Locks::Files(taken), kept.into_inner().map(Box::new)))
}

/// What was taken; but a signal that has arrived meanwhile ends us as it would have before.
fn unless_signalled<T, E>(taken: Result<T, E>, signals: Option<&Signals>) -> Result<T, E> {
    if let Some(signal) = signals.and_then(Signals::arrived) {
        drop(taken);
        process::exit(end_like(Ended::CalledOff(signal)).into());
    }
    taken
}

fn wanted(path: &Path, job: &Job) -> Wanted {
    if let Kind::Mutex = job.kind {
        return InterProcessLock::with_options(path, job.options).to_lock();
    }
    let lock = InterProcessReaderWriterLock::with_options(path, job.options);
    if let Kind::Reader = job.kind { lock.to_read() } else { lock.to_write() }
}

/// A descriptor may hold a lock already, which must not be lost when we are
/// interrupted while we convert it. So signals are kept from now on, until the
/// command is there to get them. Whatever else we wait for, a signal just ends us.
fn take_unharmed(
    descriptor: RawFd,
    job: &Job,
    notice: Notice,
) -> Result<(Locks, Option<Box<Signals>>), LockError> {
    let signals = Signals::keep_for_supervisor();
    let tells = |path: &Path| notice.waiting_for(path);
    let waiting = job.waiting().telling(&tells);
    let lock = DescriptorLock::with_options(descriptor, job.options);
    // A wait that no signal could end is not begun.
    let taken = match signals.arrival() {
        Ok(arrival) => {
            let arrival = Cell::new(Some(arrival));
            lock.take(job.kind.mode(), waiting.only_stopped_by(&|| arrival.take()))
        }
        Err(source) => lock.take(job.kind.mode(), Waiting::never()).map_err(|error| match error {
            LockError::Busy { path } => LockError::System { path, doing: "waiting for it", source },
            error => error,
        }),
    };
    drop(notice);
    let taken = unless_signalled(taken, Some(&signals))?;
    Ok((Locks::Descriptor(descriptor, Box::new(taken)), Some(Box::new(signals))))
}

fn tell_of(locks: &Locks, waited: Duration) {
    for (path, why) in locks.unordered() {
        say_at_once(&format!("{}: first come, first served: {why}", path.display()));
    }
    say_at_once(&format!("locked after {waited:.3?}"));
}
