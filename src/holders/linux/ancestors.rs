//! Whether a process above this one holds the lock that this process is about to request.
//!
//! Parentage and descriptors show it, not an environment variable, which would outlive the lock or
//! get lost on the way.

use std::io;

use super::fdinfo::{FdLocks, Lookup};
use super::parse::Entry;
use super::process::Processes;
use super::snapshot;
use crate::holders::LockId;
use crate::holders::report::Ancestor;
use crate::mode::{Family, Mode};

/// The nearest process among `from`, its parent, and so on upwards, that holds a lock of `family`
/// on `file`. If it holds several, the mode is that of the stronger one.
///
/// A program that takes locks passes [`own_pid`](super::own_pid): a program that exec'ed it may
/// have left it the lock's descriptor. A library that takes locks in several threads passes the
/// parent's pid.
///
/// Sources of truth: the `lock:` lines of the processes' /proc/PID/fdinfo; for processes whose
/// descriptors we may not read, the pids in /proc/locks.
///
/// # Errors
/// Those of reading /proc/locks.
pub fn ancestor_holding(file: LockId, family: Family, from: u32) -> io::Result<Option<Ancestor>> {
    first_holding(file, family, Processes::default().lineage(from))
}

/// The nearest process above `own` that holds a lock of `family` on `file`; if there is none and
/// `or_itself` is set, `own` if it holds one. `None` also if /proc/locks cannot be read.
pub(crate) fn holding_above(file: LockId, family: Family, own: u32, or_itself: bool) -> Option<Ancestor> {
    let lineage = Processes::default().lineage(own);
    let above = lineage.into_iter().skip(1);
    first_holding(file, family, above.chain(or_itself.then_some(own))).ok().flatten()
}

fn first_holding(
    file: LockId,
    family: Family,
    pids: impl IntoIterator<Item = u32>,
) -> io::Result<Option<Ancestor>> {
    let mut processes = Processes::default();
    let mut fd_locks = FdLocks::default();
    let mut table: Option<Vec<Entry>> = None;
    let held = |entry: &Entry| !entry.blocked && entry.is_main() && entry.kind.family() == family;
    for pid in pids {
        let mode = match fd_locks.of_process(pid, file, held) {
            Lookup::Found(lock) => Some(lock.entry.mode),
            Lookup::NotFound => None,
            Lookup::Hidden => {
                if table.is_none() {
                    table = Some(snapshot::of_file(file)?);
                }
                let entries = table.iter().flatten().filter(|entry| held(entry) && entry.pid == Some(pid));
                entries.map(|entry| entry.mode).max_by_key(|&mode| mode == Mode::Exclusive)
            }
        };
        if let Some(mode) = mode {
            let about = processes.describe(pid);
            return Ok(Some(Ancestor { pid, user: about.user, command: about.command, mode }));
        }
    }
    Ok(None)
}
