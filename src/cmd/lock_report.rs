//! What `-v` reports: which locks were obtained and when, and what became of them afterwards.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::describe::short;
use super::lock_name::shown;
use super::message::{report, report_at_once};
use super::run::{HeldLocks, Lifetime};

/// The locks of a call that is to be reported, from their acquisition on.
#[derive(Debug)]
pub(super) struct LockReport {
    /// Acquired by this call.
    own: Vec<PathBuf>,
    /// Inherited, and used by this call too.
    joined: Vec<PathBuf>,
    is_descriptor: bool,
    taken: Instant,
}

impl LockReport {
    /// Reports how the locks were obtained.
    pub(super) fn begin(locks: &HeldLocks, asked: Instant) -> Self {
        let taken = Instant::now();
        let waited = precise(taken - asked);
        let is_descriptor = matches!(locks, HeldLocks::Descriptor(..));
        let (joined, own): (Vec<_>, Vec<_>) = locks.paths().into_iter().partition(|(_, joined)| *joined);
        let [own, joined] = [own, joined].map(|locks| locks.into_iter().map(|(path, _)| path).collect());
        let this = Self { own, joined, is_descriptor, taken };
        for (path, why) in locks.unfair_reason() {
            report_at_once(&format!("{}: first come, first served: {why}", shown(&path).display()));
        }
        for (path, why) in locks.uncoalesced_reason() {
            report_at_once(&format!("{}: not coalesced: {why}", path.display()));
        }
        for (locks, how) in [(&this.own, "locked"), (&this.joined, "joined")] {
            if !locks.is_empty() {
                report_at_once(&format!("{}: {how} after {waited}", names(locks)));
            }
        }
        this
    }

    /// Reports what became of them. `sharers`: the processes that had inherited them and were still
    /// there when the command had ended.
    pub(super) fn end(&self, lifetime: Lifetime, sharers: &[u32]) {
        let held = precise(self.taken.elapsed());
        if !self.joined.is_empty() {
            report(&format!("{}: left after {held}", names(&self.joined)));
        }
        if self.own.is_empty() {
            return;
        }
        let (own, pids) = (names(&self.own), pids(sharers));
        report(&match lifetime {
            Lifetime::LastInheritor if self.is_descriptor => format!("{own}: kept by the descriptor"),
            Lifetime::LastInheritor if !sharers.is_empty() => format!("{own}: kept by {pids}"),
            _ if self.is_descriptor => format!("{own}: as it was before, after {held}"),
            _ => format!("{own}: released after {held}"),
        });
        if lifetime == Lifetime::Command && !sharers.is_empty() {
            report(&format!(
                "{own}: {pids} outlives the command and does not keep the lock; use --linger to have it kept, as by \
                 flock(1)"
            ));
        }
    }
}

fn names(locks: &[PathBuf]) -> String {
    locks.iter().map(|lock| shown(lock).display().to_string()).collect::<Vec<_>>().join(", ")
}

fn pids(pids: &[u32]) -> String {
    pids.iter().map(|pid| format!("pid {pid}")).collect::<Vec<_>>().join(", ")
}

/// Three digits of a time, or whole seconds if there are many: `12.3 ms`, `1.234 s`, `2m13s`.
fn precise(time: Duration) -> String {
    let (seconds, micros) = (time.as_secs_f64(), time.as_secs_f64() * 1e6);
    match time.as_micros() {
        0..1_000 => format!("{micros:.0} us"),
        1_000..10_000 => format!("{:.2} ms", seconds * 1e3),
        10_000..100_000 => format!("{:.1} ms", seconds * 1e3),
        100_000..1_000_000 => format!("{:.0} ms", seconds * 1e3),
        1_000_000..60_000_000 => format!("{seconds:.3} s"),
        _ => short(Duration::from_secs(time.as_secs())),
    }
}
