//! The question to the lock table: who holds this file?

use std::io;
use std::path::Path;

use super::LockId;
use super::held::{self, Held, held};
use super::keepers::Keepers;
use super::parse::Entry;
use super::proc::sees_everything;
use super::process::Processes;
use super::queue::{self, waiting};
use super::report::{Report, State};
use super::table;

/// Who holds the lock file at `path`, and who waits for it. Nothing is acquired, and the file is not
/// opened for reading or writing, so asking gets into nobody's way. A file that does not exist is free.
///
/// Sources of truth: /proc/locks for what is locked, the `lock:` lines of /proc/PID/fdinfo for who has
/// it. The cost does not grow with the number of processes as long as the process that took the lock
/// has it still; else, and for OFD locks, all processes are searched.
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
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(report),
        opened => opened?,
    };
    report.state = State::Unknown;
    if let Ok(file) = LockId::of_descriptor(&opened) {
        report.file = Some(file);
        if let Ok(entries) = table::of_file(file) {
            look(file, entries, &mut report);
        }
    }
    Ok(report)
}

/// Fills in the state, the holders and the waiters.
pub fn fill(
    report: &mut Report,
    entries: &[Entry],
    held: Vec<Held>,
    hidden: bool,
    processes: &mut Processes,
) {
    let file = report.file.expect("a report on a file names it");
    let waiting = waiting(file, entries, &held, processes);
    report.state = held::state(&held, hidden);
    report.holders = held.into_iter().map(|held| held::described(held, processes)).collect();
    report.waiters = waiting.into_iter().map(|waiting| queue::described(waiting, processes)).collect();
}

// A lock that nobody seems to hold may have been released since the table was read.
fn look(file: LockId, mut entries: Vec<Entry>, report: &mut Report) {
    const TRIES: usize = 4;
    let hidden = !sees_everything();
    let mut processes = Processes::default();
    for tried in 1.. {
        let held = held(file, &entries, hidden, &mut Keepers::default(), &mut processes);
        let settled = tried == TRIES || held.iter().all(|held| held.pid.is_some());
        let changed = if settled { None } else { table::of_file(file).ok().filter(|now| *now != entries) };
        match changed {
            Some(now) => entries = now,
            None => return fill(report, &entries, held, hidden, &mut processes),
        }
    }
}
