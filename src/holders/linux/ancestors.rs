//! Whether this process runs under the lock that it is about to ask for.
//!
//! Seen from parentage and descriptors, so that there is no environment variable to go stale.

use std::io;

use super::fdinfo::{Answer, Keepers};
use super::parse::Entry;
use super::process::Processes;
use super::table;
use crate::holders::LockId;
use crate::holders::cycle_steps::Ancestor;
use crate::mode::{Family, Mode};

/// The nearest process of the chain `from`, its parent, and so on up, that holds a lock of `family` on
/// `file`; in the stronger mode, if it holds several.
///
/// `from` is [`own_pid`](super::own_pid) for a program that takes locks: it may have inherited the lock's
/// descriptor from one that exec'ed it. A library that takes locks in several threads starts with the
/// parent. Sources of truth: the `lock:` lines of the chain's /proc/PID/fdinfo; for processes that we may
/// not look into, the pids in /proc/locks.
///
/// # Errors
/// Those of reading /proc/locks.
pub fn ancestor_holding(file: LockId, family: Family, from: u32) -> io::Result<Option<Ancestor>> {
    first_holding(file, family, Processes::default().lineage(from))
}

/// The same for any processes, in this order.
pub fn first_holding(
    file: LockId,
    family: Family,
    pids: impl IntoIterator<Item = u32>,
) -> io::Result<Option<Ancestor>> {
    let mut processes = Processes::default();
    let mut keepers = Keepers::default();
    let mut table: Option<Vec<Entry>> = None;
    let held = |entry: &Entry| !entry.blocked && entry.is_main() && entry.kind.family() == family;
    for pid in pids {
        let mode = match keepers.ask(pid, file, held) {
            Answer::Keeps(keeper) => Some(keeper.entry.mode),
            Answer::Denies => None,
            Answer::Hidden => {
                if table.is_none() {
                    table = Some(table::of_file(file)?);
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
