//! What went wrong, as an exit code and in words: which lock, why, and what one can do about it.

use std::panic::PanicHookInfo;
use std::path::Path;
use std::process;

use fasten::{Deadlock, Error as LockError, Mode, OpenError};

use crate::cmd::denial::{denied, unwritable};
use crate::cmd::describe::{AFTER_A_WAIT, AT_ONCE, Above, held_by_at_once, short};
use crate::cmd::exit::{Code, is_system_failure};
use crate::cmd::job::{Job, LockType};
use crate::cmd::lock_directory::NoDirectory;
use crate::cmd::lock_name::shown;
use crate::cmd::message::report;
use crate::cmd::run::CannotStart;

/// The code for an error that kept the command from running.
pub(crate) fn code(error: &anyhow::Error) -> Code {
    if let Some(error) = error.downcast_ref::<LockError>() {
        return lock_code(error);
    }
    if let Some(error) = error.downcast_ref::<CannotStart>() {
        return error.code();
    }
    if let Some(error) = error.downcast_ref::<NoDirectory>() {
        return error.code;
    }
    Code::System
}

/// Whether other processes are in the way, as they may be at any time: the answer that `-q` is to
/// keep quiet about. Of several readers that upgrade, all but one are refused.
pub(crate) fn is_busy(error: &anyhow::Error) -> bool {
    match error.downcast_ref() {
        Some(LockError::Busy { .. } | LockError::TimedOut { .. } | LockError::Covered { .. }) => true,
        Some(LockError::Deadlock { why, .. }) => matches!(why, Deadlock::Upgrade),
        _ => false,
    }
}

fn lock_code(error: &LockError) -> Code {
    match error {
        LockError::Busy { .. }
        | LockError::TimedOut { .. }
        | LockError::Covered { .. }
        | LockError::Deadlock { .. } => Code::Conflict,
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

/// What to report of a lock that was not obtained. It names the holder where there is one.
pub(crate) fn words(error: anyhow::Error, job: &Job) -> String {
    match error.downcast::<LockError>() {
        Ok(mut error) => {
            let path = error.path().to_owned();
            error.rename(|path| shown(path).into_owned());
            let words = refusal(&error, &path, job).unwrap_or_else(|| error.to_string());
            let is_file_at_fault = matches!(error, LockError::CouldNotOpen { .. }) && error.path() != path;
            if is_file_at_fault { format!("{words} ({})", path.display()) } else { words }
        }
        Err(error) => error.to_string(),
    }
}

/// `None` if the error's own words are enough. The error shows the lock as messages do; its file is
/// at `path`.
fn refusal(error: &LockError, path: &Path, job: &Job) -> Option<String> {
    let lock = error.path().display();
    let outcome = match error {
        LockError::Busy { .. } => "try again later, or leave out -n to wait".to_owned(),
        LockError::TimedOut { limit, .. } => format!("gave up after {}", short(*limit)),
        LockError::Deadlock { why, .. } => return Some(format!("{error}; {}", remedy(why, job))),
        LockError::CouldNotOpen { why, .. } => {
            let why = match why {
                OpenError::NotOpened(_) => format!("cannot be opened: {}", denied(path)?),
                OpenError::Missing => "does not exist (--no-create was given)".to_owned(),
                OpenError::Access if path.is_dir() => "is a directory: --fcntl locks files only".to_owned(),
                OpenError::Access => format!("cannot be locked with fcntl: {}", unwritable(path)?),
                _ => return None,
            };
            return Some(format!("{lock}: {why}"));
        }
        _ => return None,
    };
    let is_busy = matches!(error, LockError::Busy { .. });
    let patience = if is_busy { AT_ONCE } else { AFTER_A_WAIT };
    let Some(holder) = held_by_at_once(path, job.options.get_family(), patience) else {
        return Some(format!("{lock}: busy; {outcome}"));
    };
    let outcome = holder.above.filter(|_| is_busy).map_or(outcome, |above| runs_under(above, job).to_owned());
    Some(format!("{lock}: {}; {outcome}", holder.words))
}

/// Why waiting would not help, and what would.
fn runs_under(above: Above, job: &Job) -> &'static str {
    match (above, is_for_slots(job), job.joins()) {
        (Above::Exclusively, true, _) => "this runs under that lock, and it has no slots to run in",
        (Above::Exclusively, false, true) => "this runs under that lock; cannot be joined",
        (Above::Exclusively, false, false) => {
            "this runs under that lock; use --nested join to run under it too"
        }
        (Above::InSlots, true, false) => "this runs in a slot of it; use --nested join to run in the same",
        (Above::InSlots, true, true) => "this runs in a slot of it, and needs more than that",
        (Above::InSlots, false, _) => "this runs in a slot of it",
    }
}

fn is_for_slots(job: &Job) -> bool {
    matches!(job.lock_type, LockType::Slots { .. })
}

/// What one can do about a deadlock.
fn remedy(why: &Deadlock, job: &Job) -> &'static str {
    let (joins, is_for_slots) = (job.joins(), is_for_slots(job));
    match why {
        Deadlock::HeldByAncestor(ancestor) if is_for_slots && ancestor.mode == Mode::Exclusive => {
            "it has no slots to run in: take the slot outside of that lock"
        }
        Deadlock::HeldByAncestor(_) if is_for_slots && joins => "it has too few slots to be joined",
        Deadlock::HeldByAncestor(_) if is_for_slots => {
            "too few slots are left: use --nested join to run in those, or --nested wait to wait all the same"
        }
        Deadlock::HeldByAncestor(ancestor) if joins && ancestor.mode == Mode::Exclusive => {
            "this process has not inherited it, so it cannot be joined"
        }
        Deadlock::HeldByAncestor(ancestor) if ancestor.mode == Mode::Exclusive => {
            "use --nested join to run under that lock, or --nested wait to wait all the same"
        }
        Deadlock::HeldByAncestor(_) => {
            "use 'write' or 'exclusive' there, or --nested wait to wait all the same"
        }
        Deadlock::Upgrade => "unlock it, and lock it for writing",
        _ => "name all locks in one call, or take them in the same order everywhere",
    }
}

/// Reports a panic, which is a bug of ours, in one line, and exits with a code of its own. A
/// command that runs goes on, and keeps the lock.
pub(crate) fn report_bug(panic: &PanicHookInfo<'_>) {
    report(&format!("this is a bug in fasten: {panic}"));
    process::exit(Code::Bug.number().into());
}
