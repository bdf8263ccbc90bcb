//! Whether a process above this one holds the lock that this process is about to request.
//!
//! Parentage and descriptors show it, not an environment variable, which would outlive the lock or
//! get lost on the way.

use std::cell::Cell;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::fdinfo::{FdLocks, Lookup};
use super::parse::{self, Entry};
use super::proc::read_once;
use super::process::Processes;
use super::snapshot::{TABLE, of_file};
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
    first_holding(FdLocks::default(), file, family, Processes::default().lineage(from), || of_file(file))
}

/// The nearest process above `own` that holds a lock of `family` on `file`; if there is none and
/// `or_itself` is set, `own` if it holds one. `None` also if /proc/locks cannot be read.
pub(crate) fn holding_above(file: LockId, family: Family, own: u32, or_itself: bool) -> Option<Ancestor> {
    let lineage = Processes::default().lineage(own);
    let above = lineage.into_iter().skip(1);
    let pids = above.chain(or_itself.then_some(own));
    first_holding(FdLocks::default(), file, family, pids, || of_file(file)).ok().flatten()
}

/// The nearest process above `own` that holds a lock of `family` on `file`. Processes whose
/// descriptors we may not read are looked for in /proc/locks only if `with_table` is set, and in a
/// single pass, which may miss a lock while others change: this is for a warning, not for a
/// decision. `descriptor` is one of ours for the file.
///
/// # Errors
/// [`PermissionDenied`](io::ErrorKind::PermissionDenied): none is visible, and one is hidden.
pub(crate) fn glimpse_above(
    (file, descriptor): (LockId, &Path),
    family: Family,
    own: u32,
    with_table: bool,
) -> io::Result<Option<Ancestor>> {
    let inode = fs::metadata(descriptor)?.ino();
    let above = Processes::default().lineage(own).into_iter().skip(1);
    let is_only_holder = |entry: &Entry| {
        entry.file == file.in_table() && is_held(entry, family) && entry.mode == Mode::Exclusive
    };
    let is_hidden = Cell::new(false);
    let found = first_holding(FdLocks::of_inode(inode), file, family, above, || {
        if with_table {
            return glimpse(file, is_only_holder);
        }
        is_hidden.set(true);
        Ok(Vec::new())
    })?;
    if found.is_none() && is_hidden.get() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    Ok(found)
}

fn first_holding(
    mut fd_locks: FdLocks,
    file: LockId,
    family: Family,
    pids: impl IntoIterator<Item = u32>,
    read_table: impl Fn() -> io::Result<Vec<Entry>>,
) -> io::Result<Option<Ancestor>> {
    let mut processes = Processes::default();
    let mut table: Option<Vec<Entry>> = None;
    let held = |entry: &Entry| is_held(entry, family);
    for pid in pids {
        let mode = match fd_locks.of_process(pid, file, held) {
            Lookup::Found(lock) => Some(lock.entry.mode),
            Lookup::NotFound => None,
            Lookup::Hidden => {
                if table.is_none() {
                    table = Some(read_table()?);
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

fn is_held(entry: &Entry, family: Family) -> bool {
    !entry.blocked && entry.is_main() && entry.kind.family() == family
}

/// The locks and waiters of one file, read in a single pass that ends with the first entry for which
/// `is_enough` returns true. It may miss a lock while others change, and costs a fifth of
/// [`of_file`] where the table is long.
fn glimpse(file: LockId, is_enough: impl Fn(&Entry) -> bool) -> io::Result<Vec<Entry>> {
    const ROOM: usize = 1 << 16;
    let (mut table, mut text) = (File::open(TABLE)?, Vec::new());
    let mut found = Vec::new();
    loop {
        // What is left of the last piece is a line that the read has cut.
        let cut = text.len();
        text.resize(cut + ROOM, 0);
        let count = read_once(&mut table, &mut text[cut..])?;
        text.truncate(cut + count);
        let lines = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        for entry in parse::locks(&text[..lines]).filter(|entry| entry.file == file.in_table()) {
            found.push(entry);
            if is_enough(&entry) {
                return Ok(found);
            }
        }
        if count == 0 {
            return Ok(found);
        }
        text.drain(..lines);
    }
}
