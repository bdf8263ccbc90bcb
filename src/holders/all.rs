//! Every lock file that can be seen on the system.

use std::collections::HashMap;
use std::io;

use nix::unistd::geteuid;

use super::LockId;
use super::held::held;
use super::keepers::Keepers;
use super::look::fill;
use super::parse::Entry;
use super::proc::sees_everything;
use super::process::Processes;
use super::report::{Report, State};
use super::table;

/// Every file that is locked or waited for, the calling user's own first, each sorted by path; those
/// without a path come last. Nothing is acquired.
///
/// Sources of truth as for [`holders`](super::holders()); the path is that of the descriptor by which a
/// process keeps the lock (/proc/PID/fd), as that process sees it, and ends in ` (deleted)` when the
/// kernel says so. The table is read once: while locks come and go, one that stays may be missing from
/// the answer, so ask [`holders`](super::holders()) about a lock that matters.
///
/// # Errors
/// Those of reading /proc/locks.
pub fn all() -> io::Result<Vec<Report>> {
    let mut files: HashMap<LockId, Vec<Entry>> = HashMap::new();
    for entry in table::all()? {
        files.entry(entry.file).or_default().push(entry);
    }
    let hidden = !sees_everything();
    let mut processes = Processes::default();
    let user = Some(processes.user(geteuid().as_raw()));
    let mut keepers = Keepers::scanned();
    let mut reports = Vec::with_capacity(files.len());
    for (file, entries) in files {
        let held = held(file, &entries, hidden, &mut keepers, &mut processes);
        let path = held.iter().find_map(|held| held.keeper?.path());
        let mut report =
            Report { path, file: Some(file), state: State::Unknown, holders: vec![], waiters: vec![] };
        fill(&mut report, &entries, held, hidden, &mut processes);
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
