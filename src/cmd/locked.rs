//! What `exclusive`, `read` and `write` have in common: take the locks, run the
//! command, end as it did.

use std::process;
use std::time::{Duration, Instant};

use anyhow::Result;
use fasten::lock::{
    Cancel, Error as LockError, Family, Guard, Mode, Nested, Preference, Request, Target, Wait,
};

use super::notice::{Notice, Voice};
use super::who;
use crate::cli::{self, LockArgs};
use crate::exit::Code;
use crate::failure;
use crate::message::say;
use crate::run::{Lifetime, Program, end_like, run_under};
use crate::sys::caught::Caught;
use crate::sys::child::End;
use crate::sys::descriptors;

/// A validated call: every value of it can be carried out.
#[derive(Debug)]
pub(crate) struct Job {
    request: Request,
    program: Option<Program>,
    lifetime: Lifetime,
    conflict: u8,
    voice: Voice,
}

impl Job {
    pub(crate) fn new(arguments: LockArgs, mode: Mode, preference: Preference) -> Self {
        Self {
            request: Request {
                mode,
                preference,
                family: if arguments.fcntl { Family::Fcntl } else { Family::Flock },
                create: !arguments.no_create,
                wait: match (arguments.nonblock, arguments.timeout) {
                    (true, _) | (_, Some(Duration::ZERO)) => Wait::Never,
                    (_, Some(limit)) => Wait::AtMost(limit),
                    (_, None) => Wait::Forever,
                },
                nested: match arguments.nested {
                    cli::Nested::Refuse => Nested::Refuse,
                    cli::Nested::Join => Nested::Join,
                    cli::Nested::Wait => Nested::Wait,
                },
                target: match arguments.fd {
                    Some(number) => Target::Descriptor(number),
                    None => Target::Paths(arguments.locks),
                },
            },
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
            voice: match (arguments.quiet, arguments.verbose) {
                (true, _) => Voice::Quiet,
                (_, true) => Voice::Verbose,
                _ => Voice::Normal,
            },
        }
    }
}

/// Takes the locks and runs the command under them.
pub(crate) fn run(job: &Job) -> u8 {
    carry_out(job).unwrap_or_else(|error| {
        if job.voice != Voice::Quiet {
            let refusal = error.downcast_ref::<LockError>().and_then(who::refusal);
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
    let guard = take(job)?;
    let taken = Instant::now();
    if job.voice == Voice::Verbose {
        tell_of(&guard, taken - asked);
    }
    let Some(program) = &job.program else {
        guard.leave_to_inheritors();
        return Ok(0);
    };
    if let (Target::Descriptor(number), Lifetime::Wrapper) = (&job.request.target, job.lifetime) {
        descriptors::withhold(*number)?;
    }
    let end = run_under(guard, program, job.lifetime)?;
    if job.voice == Voice::Verbose {
        say(&format!("released after {:.3?}", taken.elapsed()));
    }
    Ok(end_like(end))
}

fn take(job: &Job) -> Result<Guard, LockError> {
    let notice = Notice::new(job.voice);
    match job.request.target {
        Target::Paths(_) => job.request.take(&|path| notice.waiting_for(path), None),
        Target::Descriptor(_) => take_unharmed(&job.request, notice),
    }
}

/// A descriptor may hold a lock already, which must not be lost when we are
/// interrupted while we convert it. Whatever else we wait for, a signal just
/// ends us.
fn take_unharmed(request: &Request, notice: Notice) -> Result<Guard, LockError> {
    let cancel = Cancel::default();
    let canceller = cancel.clone();
    let caught = Caught::from_now(move || canceller.cancel());
    let taken = request.take(&|path| notice.waiting_for(path), Some(&cancel));
    drop(notice);
    if let Some(signal) = caught.and_then(Caught::end) {
        drop(taken);
        process::exit(end_like(End::Killed(signal)).into());
    }
    taken
}

fn tell_of(guard: &Guard, waited: Duration) {
    for (path, why) in guard.unordered() {
        say(&format!("{}: first come, first served: {why}", path.display()));
    }
    say(&format!("locked after {waited:.3?}"));
}
