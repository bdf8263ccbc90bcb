//! The question to the lock table: who holds this file?
//!
//! Every lock file that can be seen on the system.

use std::io;
use std::path::Path;

use nix::unistd::geteuid;

use super::fdinfo::Keepers;
use super::gate_files::{self, Lines, Locks};
use super::holding::{self, Held, held};
use super::proc::{is_local, sees_everything};
use super::process::Processes;
use super::removed;
use super::waiting::{self, waiting};
use crate::holders::LockId;
use crate::holders::report::{Report, State};
use crate::sys::statfs::keeps_families_apart;

/// Who holds the lock file at `path`, and who waits for it. Nothing is acquired, and the file is not
/// opened for reading or writing, so asking gets into nobody's way. A file that does not exist is free,
/// unless a process holds the lock on one that was removed from there: then it is that lock.
///
/// Sources of truth: /proc/locks for what is locked, the `lock:` lines of /proc/PID/fdinfo for who has
/// it. The cost does not grow with the number of processes as long as the process that took the lock
/// has it still; else, and for OFD locks, all processes are searched. On a file system that is not
/// known to be local, locks may be kept in a server and show nowhere: there the state is
/// [`State::Unknown`] unless a holder is seen.
///
/// # Errors
/// Those of reaching the file, except that it is missing. That /proc cannot be read is no error: the
/// state is [`State::Unknown`].
pub fn holders(path: &Path) -> io::Result<Report> {
    let mut report = Report {
        path: Some(path.to_owned()),
        file: None,
        state: State::Free,
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
    let mut look = Look::new(Keepers::default());
    for seen in look.at(|| gate_files::of_lock(file, gates)).unwrap_or_default() {
        look.fill(&mut report, seen);
    }
    if report.state == State::Free && !keeps_families_apart(&opened) {
        report.state = State::Unknown;
    }
    Ok(report)
}

/// One file: its lines of the table, and its holders.
#[derive(Debug)]
pub struct Seen {
    /// The file.
    pub file: LockId,
    /// Its holders.
    pub held: Vec<Held>,
    lines: Lines,
}

impl Seen {
    fn is_sure(&self) -> bool {
        self.held.iter().all(|held| held.pid.is_some())
    }
}

/// What is needed to make reports of the table.
#[derive(Debug)]
pub struct Look {
    hidden: bool,
    keepers: Keepers,
    /// What is known of processes.
    pub processes: Processes,
}

impl Look {
    /// Begins with these keepers.
    pub fn new(keepers: Keepers) -> Self {
        Self { hidden: !sees_everything(), keepers, processes: Processes::default() }
    }

    /// All files of the table that `read` gives, by name. A lock that nobody seems to hold may have been
    /// released since the table was read: so it is read again.
    pub fn at(&mut self, read: impl Fn() -> io::Result<Locks>) -> io::Result<Vec<Seen>> {
        const TRIES: usize = 4;
        let mut files = read()?;
        let mut all = Vec::new();
        for tried in 1.. {
            let seen = files.drain().map(|(file, lines)| self.see(file, lines));
            let (sure, unsure): (Vec<Seen>, Vec<Seen>) = seen.partition(Seen::is_sure);
            all.extend(sure);
            if unsure.is_empty() || tried == TRIES {
                all.extend(unsure);
                break;
            }
            self.keepers = Keepers::default();
            let mut now = read()?;
            for seen in unsure {
                let lines = now.remove(&seen.file).unwrap_or_default();
                // Once may be a lock that was released and taken again.
                if tried > 1 && lines.own == seen.lines.own {
                    all.push(seen);
                } else {
                    files.insert(seen.file, lines);
                }
            }
        }
        Ok(all)
    }

    fn see(&mut self, file: LockId, lines: Lines) -> Seen {
        let held = held(file, &lines.own, self.hidden, &mut self.keepers, &mut self.processes);
        Seen { file, held, lines }
    }

    /// Fills in the state, the holders and the waiters.
    pub fn fill(&mut self, report: &mut Report, seen: Seen) {
        let processes = &mut self.processes;
        let Lines { own, gates } = &seen.lines;
        let waiting = waiting(seen.file, own, gates, &seen.held, processes);
        report.state = holding::state(&seen.held, self.hidden);
        report.holders = seen.held.into_iter().map(|held| holding::described(held, processes)).collect();
        report.waiters = waiting.into_iter().map(|waiting| waiting::described(waiting, processes)).collect();
    }
}

/// Every file that is locked or waited for, the calling user's own first, each sorted by path; those
/// without a path come last. Nothing is acquired.
///
/// Sources of truth as for [`holders`](super::holders()); the path is that of the descriptor by which a
/// process keeps the lock (/proc/PID/fd), as that process sees it, and ends in ` (deleted)` when the
/// kernel says so.
///
/// # Errors
/// Those of reading /proc/locks.
pub fn all() -> io::Result<Vec<Report>> {
    let mut look = Look::new(Keepers::scanned());
    let user = Some(look.processes.user(geteuid().as_raw()));
    let mut reports = Vec::new();
    for seen in look.at(gate_files::of_all)? {
        let path = seen.held.iter().find_map(|held| held.keeper?.path());
        let mut report =
            Report { path, file: Some(seen.file), state: State::Unknown, holders: vec![], waiters: vec![] };
        let file = seen.file;
        look.fill(&mut report, seen);
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

    // What is made of readings of the table, the last of which comes again and again.
    fn seen(readings: &[&str]) -> Vec<Seen> {
        let left = RefCell::new(readings.iter().rev().copied().collect::<Vec<_>>());
        let read = || {
            let mut left = left.borrow_mut();
            let line = if left.len() > 1 { left.pop().unwrap() } else { left[0] };
            let entries = lock(line.as_bytes()).into_iter();
            Ok(entries.map(|entry| (entry.file, Lines { own: vec![entry], gates: vec![] })).collect())
        };
        Look::new(Keepers::default()).at(read).unwrap()
    }

    #[test]
    fn a_lock_released_since_the_table_was_read_is_held_by_nobody() {
        let seen = seen(&[NOBODY, ""]);
        assert!(seen.iter().all(|seen| seen.held.is_empty()), "{seen:?}");
    }

    #[test]
    fn a_lock_that_stays_is_held_by_somebody_who_cannot_be_seen() {
        let seen = seen(&[NOBODY]);
        assert_eq!(seen[0].held.iter().map(|held| held.pid).collect::<Vec<_>>(), [None]);
    }
}
