//! fasten invoked as flock: flock(1), as its users know it.
//!
//! The command line, the messages, the exit codes and the lifetime of the lock are those of
//! util-linux's flock. Only its faults are not repeated: here a signal reaches the command, a lock
//! file that is replaced during the wait is noticed, and neither a FIFO nor a blocked SIGALRM makes
//! it hang. tests/flock/ runs both and compares them.

mod command_line;
mod getopt;
mod interface;
mod refusal;
mod size;
mod take;
mod words;

use std::ffi::OsString;
use std::iter;
use std::os::fd::BorrowedFd;
use std::time::Instant;

use crate::cmd::message::print;
use crate::cmd::run::{Ended, Lifetime, Program, end_like, run_as_flock};
use crate::cmd::sys::child::End;
use crate::cmd::sys::descriptors;
use command_line::{Asked, Call, FlockTarget};
use interface::FlockCode;
use refusal::Refusal;
use words::{HELP, VERSION, joined, print_at_once};

/// Does what the arguments say, and returns the exit code.
pub(crate) fn run(arguments: Vec<OsString>) -> u8 {
    let ended = match command_line::parse(arguments) {
        Ok(Asked::Help) => show(HELP),
        Ok(Asked::Version) => show(VERSION),
        Ok(Asked::Call(call)) => carry_out(&call),
        Err(refusal) => Err(refusal),
    };
    ended.unwrap_or_else(Refusal::report)
}

/// Prints it on standard output; the exit code is 0 if that succeeds.
fn show(text: &str) -> Result<u8, Refusal> {
    print(text).map(|()| 0).map_err(|error| Refusal::system(FlockCode::Conflict, "write error", &error))
}

fn carry_out(call: &Call) -> Result<u8, Refusal> {
    let asked = Instant::now();
    match &call.target {
        FlockTarget::Path(path, command) => {
            let open = take::at_path(call, path)?;
            report_wait(call, asked);
            let ended = execute(call, open.descriptors().into_iter(), command);
            open.close();
            ended
        }
        FlockTarget::Descriptor(number, command) => {
            take::on_descriptor(call, *number)?;
            report_wait(call, asked);
            if command.is_empty() {
                return Ok(0);
            }
            if call.lifetime == Lifetime::Wrapper {
                descriptors::withhold(*number)
                    .map_err(|error| Refusal::not_locked(number.to_string().as_ref(), &error))?;
            }
            execute(call, iter::empty(), command)
        }
    }
}

fn report_wait(call: &Call, asked: Instant) {
    if call.verbose {
        let took = asked.elapsed();
        print_at_once(format!("getting lock took {}.{:06} seconds", took.as_secs(), took.subsec_micros()));
    }
}

/// Runs the command, which inherits these descriptors.
fn execute<'a>(
    call: &Call,
    locks: impl Iterator<Item = BorrowedFd<'a>>,
    command: &[OsString],
) -> Result<u8, Refusal> {
    let name = &command[0];
    if call.verbose {
        print_at_once(joined(&["executing ".as_ref(), name]));
    }
    let program = Program::new(command.to_owned());
    match run_as_flock(locks, &program, call.lifetime) {
        Ok(ended @ (Ended::Ran(End::Exited(_)) | Ended::Cancelled(_))) => Ok(end_like(ended)),
        Ok(Ended::Ran(End::Killed(signal))) => Ok(u8::try_from(128 + signal).unwrap_or(u8::MAX)),
        Err(error) => Err(Refusal::not_started(name, error.error())),
    }
}
