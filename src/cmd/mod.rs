//! The subcommands, one file each.

pub(crate) mod args;
mod colour;
mod denial;
mod describe;
mod doctor;
mod doubt;
mod exclusive;
pub(crate) mod exit;
pub(crate) mod failure;
pub(crate) mod fast_path;
pub(crate) mod flock;
mod lock;
pub(crate) mod message;
mod progress;
mod read;
pub(crate) mod run;
mod status;
pub(crate) mod sys;
mod unlock;
pub(crate) mod usage;
mod write;

use crate::cmd::args::Action;

/// Carries one out; the code is what the process ends with.
pub(crate) fn dispatch(action: Action) -> u8 {
    match action {
        Action::Exclusive(arguments) => exclusive::run(arguments),
        Action::Read(arguments) => read::run(arguments),
        Action::Write(arguments) => write::run(arguments),
        Action::Unlock(arguments) => unlock::run(&arguments),
        Action::Status(arguments) => status::run(&arguments),
        Action::Doctor(arguments) => doctor::run(&arguments),
    }
}
