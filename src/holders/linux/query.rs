//! Reports about one lock file, or about all of them, made from the lock table.
//!
//! The table is one moment and the descriptors of processes are another. A lock whose holder cannot
//! be found may just have been released in between, and must not be reported as held by an unknown
//! process. So the table is read again until it shows such a lock twice in a row.

use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use nix::unistd::geteuid;

use super::fdinfo::FdLocks;
use super::gate_files::{self, Lines, LinesByLock};
use super::holding::{self, Holding, holdings};
use super::proc::{is_local, sees_everything};
use super::process::Processes;
use super::removed;
use super::slot_bytes;
use super::waiting::{self, waiting};
use crate::holders::LockId;
use crate::holders::report::{Report, State};
use crate::sys::statfs::keeps_families_apart;
use crate::sys::wide::file_of;

/// Reports which processes hold the lock file at `path` and which wait for it.
///
/// Nothing is acquired, and the file is not opened for reading or writing, so the question delays
/// no other process. A file that does not exist is free, unless a process holds the lock on a file
/// that was removed from that path: then the report is about that lock.
///
/// Sources of truth: /proc/locks for the locks and waiters, the `lock:` lines of /proc/PID/fdinfo
/// for the processes that hold a lock. If the process that took the lock still has it, the cost
/// does not depend on the number of processes. Otherwise, and for OFD locks, the descriptors of all
/// processes are read. On a file system that is not known to be local, a server may keep the locks
/// and they appear nowhere: there the state is [`State::Unknown`] unless a holder is seen.
///
/// # Errors
///
/// Those of reaching the file, except that it does not exist. If /proc cannot be read, that is not
/// an error: the state is [`State::Unknown`].
pub fn of(path: impl AsRef<Path>) -> io::Result<Report> {
    let path = path.as_ref();
    let mut report = Report {
        path: Some(path.to_owned()),
        file: None,
        state: State::Free,
        slots: None,
        holders: vec![],
        waiters: vec![],
    };
    let opened = match LockId::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let removed = removed::holder(path, |_| true);
            let link = removed.map(|holder| format!("/proc/{}/fd/{}", holder.pid, holder.descriptor));
            match link.map(|link| LockId::open(link.as_ref())) {
                Some(Ok(removed)) => removed,
                _ => return Ok(report),
            }
        }
        opened => opened?,
    };
    report.state = State::Unknown;
    let Ok(file) = LockId::of_descriptor(&opened) else { return Ok(report) };
    report.file = Some(file);
    let gates = opened.metadata().ok().as_ref().and_then(gate_files::of);
    let inode = file_of(opened.as_fd()).ok().map(|found| found.inode);
    let mut query = Query::new(inode.map_or_else(FdLocks::default, FdLocks::of_inode));
    for seen in query.observe(|| gate_files::of_lock(file, gates)).unwrap_or_default() {
        query.fill(&mut report, seen);
    }
    if report.state == State::Free && !keeps_families_apart(&opened) {
        report.state = State::Unknown;
    }
    Ok(report)
}

/// One lock file as a query found it: its lines of the table, and its holders.
#[derive(Debug)]
struct Observed {
    file: LockId,
    held: Vec<Holding>,
    lines: Lines,
}

impl Observed {
    /// Whether a process was found for every lock.
    fn is_sure(&self) -> bool {
        self.held.iter().all(|held| held.pid.is_some())
    }
}

/// Makes reports from the table, and remembers meanwhile what it has read.
#[derive(Debug)]
struct Query {
    /// Whether the table may omit locks: see [`sees_everything`].
    hidden: bool,
    fd_locks: FdLocks,
    processes: Processes,
}

impl Query {
    fn new(fd_locks: FdLocks) -> Self {
        Self { hidden: !sees_everything(), fd_locks, processes: Processes::default() }
    }

    /// Observes all files in the table that `read` returns. Files with a lock that no process seems
    /// to hold are looked up again in a table read later, and count when their lines are unchanged.
    fn observe(&mut self, read: impl Fn() -> io::Result<LinesByLock>) -> io::Result<Vec<Observed>> {
        const TRIES: usize = 4;
        let mut files = read()?;
        let mut all = Vec::new();
        for tried in 1.. {
            let seen = files.drain().map(|(file, lines)| self.see(file, lines));
            let (sure, unsure): (Vec<Observed>, Vec<Observed>) = seen.partition(Observed::is_sure);
            all.extend(sure);
            if unsure.is_empty() || tried == TRIES {
                all.extend(unsure);
                break;
            }
            self.fd_locks = self.fd_locks.afresh();
            let mut now = read()?;
            for seen in unsure {
                let lines = now.remove(&seen.file).unwrap_or_default();
                // Unchanged once can be a lock that was released and taken again; twice is a lock
                // that stays, whose process cannot be seen.
                if tried > 1 && lines.own == seen.lines.own {
                    all.push(seen);
                } else {
                    files.insert(seen.file, lines);
                }
            }
        }
        Ok(all)
    }

    fn see(&mut self, file: LockId, lines: Lines) -> Observed {
        let held = holdings(file, &lines.own, self.hidden, &mut self.fd_locks, &mut self.processes);
        Observed { file, held, lines }
    }

    /// Fills in the state, the holders and the waiters.
    fn fill(&mut self, report: &mut Report, seen: Observed) {
        let processes = &mut self.processes;
        let Lines { own, gates } = &seen.lines;
        report.slots = slot_bytes::counted(own);
        let waiting = waiting(seen.file, own, gates, &seen.held, processes);
        report.state = holding::state(&seen.held, self.hidden);
        report.holders = seen.held.into_iter().map(|held| holding::described(held, processes)).collect();
        report.holders.sort_by_key(|holder| holder.slots.first().copied());
        report.waiters = waiting.into_iter().map(|waiting| waiting::described(waiting, processes)).collect();
    }
}

/// Reports every lock file that a process holds or waits for. Files that the calling user's
/// processes hold come first; both groups are sorted by path, files without a path last. Nothing is
/// acquired.
///
/// Sources of truth: as for [`of`]. The path is that of the descriptor through which a process
/// holds the lock (/proc/PID/fd), as that process sees it. If the file has been removed, `
/// (deleted)` follows. Only root sees the path of a lock that another user's process holds.
///
/// # Errors
///
/// Those of reading /proc/locks; `Unsupported` on systems other than Linux.
pub fn all() -> io::Result<Vec<Report>> {
    let mut query = Query::new(FdLocks::scanned());
    let user = Some(query.processes.user(geteuid().as_raw()));
    let mut reports = Vec::new();
    for seen in query.observe(gate_files::of_all)? {
        let path = seen.held.iter().find_map(|held| held.through?.path());
        let mut report = Report {
            path,
            file: Some(seen.file),
            state: State::Unknown,
            slots: None,
            holders: vec![],
            waiters: vec![],
        };
        let file = seen.file;
        query.fill(&mut report, seen);
        if report.state == State::Free && !report.waiters.is_empty() && !is_local(file) {
            report.state = State::Unknown;
        }
        if report.state != State::Free || !report.waiters.is_empty() {
            let foreign = report.holders.iter().all(|holder| holder.user != user);
            reports.push((foreign, report));
        }
    }
    reports.sort_by(|(left_foreign, left), (right_foreign, right)| {
        let key = |foreign: bool, report: &Report| (foreign, report.path.is_none());
        key(*left_foreign, left)
            .cmp(&key(*right_foreign, right))
            .then_with(|| (&left.path, left.file).cmp(&(&right.path, right.file)))
    });
    Ok(reports.into_iter().map(|(_, report)| report).collect())
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::super::parse::lock;
    use super::*;

    const NOBODY: &str = "1: FLOCK  ADVISORY  WRITE 4194305 ff:ff:5 0 EOF";

    /// What a query observes if the table is read with these results, the last one repeated.
    fn seen(readings: &[&str]) -> Vec<Observed> {
        let left = RefCell::new(readings.iter().rev().copied().collect::<Vec<_>>());
        let read = || {
            let mut left = left.borrow_mut();
            let line = if left.len() > 1 { left.pop().unwrap() } else { left[0] };
            let entries = lock(line.as_bytes()).into_iter();
            Ok(entries.map(|entry| (entry.file, Lines { own: vec![entry], gates: vec![] })).collect())
        };
        Query::new(FdLocks::default()).observe(read).unwrap()
    }

    #[test]
    fn a_lock_released_since_the_table_was_read_is_held_by_nobody() {
        let seen = seen(&[NOBODY, ""]);
        assert!(seen.iter().all(|seen| seen.held.is_empty()), "{seen:?}");
    }

    #[test]
    fn a_lock_that_stays_has_a_holder_that_cannot_be_seen() {
        let seen = seen(&[NOBODY]);
        assert_eq!(seen[0].held.iter().map(|held| held.pid).collect::<Vec<_>>(), [None]);
    }
}
