//! What went wrong, as an exit code.

use std::io;
use std::panic::PanicHookInfo;
use std::process;

use fasten::{Error as LockError, OpenError};

use crate::cmd::exit::Code;
use crate::cmd::message::report;
use crate::cmd::run::CannotStart;

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
        LockError::Busy { .. } | LockError::TimedOut { .. } | LockError::Deadlock { .. } => Code::Conflict,
        LockError::CouldNotOpen { why: OpenError::Missing, .. } => Code::Missing,
        LockError::CouldNotOpen {
            why: OpenError::NotOpened(error) | OpenError::NotCreated(error), ..
        } if is_system_failure(error) => Code::System,
        LockError::CouldNotOpen { why: OpenError::NotCreated(_) | OpenError::ForeignLink, .. } => {
            Code::CannotCreate
        }
        LockError::CouldNotOpen { .. } | LockError::CannotUpgrade { .. } => Code::CannotOpen,
        LockError::Lost { .. } => Code::Lost,
        _ => Code::System,
    }
}

/// Whether this is no answer to what was asked: the disk failed, or the connection to it.
pub(crate) fn is_system_failure(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EIO | libc::EMFILE | libc::ENFILE | libc::ENOMEM))
}

/// A panic is a bug of ours: one line, and a code of its own. A command that
/// runs goes on, and keeps the lock.
pub(crate) fn report_bug(panic: &PanicHookInfo<'_>) {
    report(&format!("this is a bug in fasten: {panic}"));
    process::exit(Code::Bug.number().into());
}
