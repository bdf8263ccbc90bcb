//! The subcommands, one file each.

mod colour;
mod denial;
mod doctor;
mod doubt;
mod exclusive;
pub(crate) mod flock;
mod locked;
mod notice;
mod read;
mod status;
mod unlock;
mod who;
mod write;

use crate::cli::Action;

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
