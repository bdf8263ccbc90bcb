//! What `exclusive`, `read` and `write` have in common: take the locks, run the
//! command, end as it did.

use std::time::{Duration, Instant};

use anyhow::Result;
use fasten::lock::{Error as LockError, Guard, Mode, Preference, Request, Wait};

use super::notice::{Notice, Voice};
use super::who;
use crate::cli::LockArgs;
use crate::exit::Code;
use crate::failure;
use crate::message::say;
use crate::run::{Lifetime, Program, end_like, run_under};

/// A validated call: every value of it can be carried out.
#[derive(Debug)]
pub(crate) struct Job {
    request: Request,
    program: Program,
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
                create: !arguments.no_create,
                wait: match (arguments.nonblock, arguments.timeout) {
                    (true, _) | (_, Some(Duration::ZERO)) => Wait::Never,
                    (_, Some(limit)) => Wait::AtMost(limit),
                    (_, None) => Wait::Forever,
                },
                paths: arguments.locks,
            },
            program: match arguments.command_string {
                Some(string) => Program::shell(string),
                None => Program::new(arguments.command),
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
    let notice = Notice::new(job.voice);
    let guard = job.request.take(&|path| notice.waiting_for(path))?;
    drop(notice);
    let taken = Instant::now();
    if job.voice == Voice::Verbose {
        tell_of(&guard, taken - asked);
    }
    let end = run_under(guard, &job.program, job.lifetime)?;
    if job.voice == Voice::Verbose {
        say(&format!("released after {:.3?}", taken.elapsed()));
    }
    Ok(end_like(end))
}

fn tell_of(guard: &Guard, waited: Duration) {
    for (path, why) in guard.unordered() {
        say(&format!("{}: first come, first served: {why}", path.display()));
    }
    say(&format!("locked after {waited:.3?}"));
}
