//! What went wrong, as an exit code.

use std::panic::PanicHookInfo;
use std::process;

use fasten::{Error as LockError, Unopenable};

use crate::exit::Code;
use crate::message::say;
use crate::run::CannotStart;

/// The code for an error that stood against the command's being run.
pub(crate) fn code(error: &anyhow::Error) -> Code {
    if let Some(error) = error.downcast_ref::<LockError>() {
        return lock_code(error);
    }
    if let Some(error) = error.downcast_ref::<CannotStart>() {
        return error.code();
    }
    Code::System
}

fn lock_code(error: &LockError) -> Code {
    match error {
        LockError::Busy { .. } | LockError::TimedOut { .. } | LockError::WouldNeverEnd { .. } => {
            Code::Conflict
        }
        LockError::CouldNotOpen { why: Unopenable::Missing, .. } => Code::Missing,
        LockError::CouldNotOpen { why: Unopenable::NotCreated(_), .. } => Code::CannotCreate,
        LockError::CouldNotOpen { .. } | LockError::CannotUpgrade { .. } => Code::CannotOpen,
        LockError::Lost { .. } => Code::Lost,
        _ => Code::System,
    }
}

/// A panic is a bug of ours: one line, and a code of its own. A command that
/// runs goes on, and keeps the lock.
pub(crate) fn report_bug(panic: &PanicHookInfo<'_>) {
    say(&format!("this is a bug in fasten: {panic}"));
    process::exit(Code::Bug.number().into());
}
