//! Every lock file that can be seen on the system.

use std::io;

use nix::unistd::geteuid;

use super::fdinfo::Keepers;
use super::gate_files;
use super::look::Look;
use super::proc::is_local;
use crate::holders::report::{Report, State};

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
