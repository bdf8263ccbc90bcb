//! Finds out, while a thread waits for a lock, whether the wait is certainly a deadlock.
//!
//! The thread is in the kernel's queue by then, so the search costs it no place. A cycle counts
//! when it is found twice: a command may be about to end, and a waiter that was woken is missing
//! from /proc/locks for a moment. The search is repeated as long as the wait lasts, ever more
//! rarely: of two processes that close a cycle at the same time, each may have searched before the
//! other one waited, and an ancestor may acquire the lock later.
//!
//! The youngest process of a cycle gives up, so that one does and not all. The others give up only
//! if the cycle persists: the youngest may be a program that does not search.

use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::deadlock::Deadlock;
use super::file::LockFile;
use super::interrupter_thread::Verdict;
use super::request::{Nested, Slots};
use super::wait::OnDoubt;
use super::wait_error::WaitError;
use super::wait_state::WaitState;
use crate::holders::{
    Cycle, LockId, Step, certain_cycle, glimpse_above, holding_above, is_awaited, keeps_nothing, own_pid,
    slots_kept_above, threads_on_system, youngest,
};
use crate::mode::{Family, Mode};
use crate::sys::helper_thread;

const FIRST_SEARCH_AFTER: Duration = Duration::from_millis(20);
const SECOND_SEARCH_AFTER: Duration = Duration::from_millis(80);
const CONFIRM_AFTER: Duration = Duration::from_millis(20);
const PERSISTENT_AFTER: Duration = Duration::from_millis(250);
const SEARCH_AT_LEAST_EVERY: Duration = Duration::from_secs(60);
/// How often a process that is not the youngest finds the same cycle before it gives up.
const PERSISTENT_TIMES: usize = 6;
const DOUBT_AFTER: Duration = Duration::from_secs(1);
/// The time between two readings of /proc/locks, if every thread on the system is a waiter that
/// reads it once.
const BETWEEN_READINGS: Duration = Duration::from_millis(30);

/// Searches until it is dropped or has ended the wait.
pub(crate) struct DeadlockWatch<'a>(&'a WaitState<'a>);

/// What a watch searches for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WatchFor {
    /// The mode that the thread waits for.
    pub(crate) mode: Mode,
    /// What to do about a deadlock; `None` to search for none.
    pub(crate) nested: Option<Nested>,
    /// Whether the thread waits at the gates as a reader, so that a process above it may be a
    /// reader for which the writer ahead waits.
    pub(crate) may_be_below_reader: bool,
    /// The slots that the thread waits for.
    pub(crate) slots: Option<Slots>,
}

impl<'a> DeadlockWatch<'a> {
    /// For the calling thread, which is about to wait for this lock; `None` if there is nothing to
    /// search for.
    pub(crate) fn start(lock: &LockFile, watch_for: WatchFor, wait_state: &'a WaitState<'a>) -> Option<Self> {
        if watch_for.nested.is_none() && !watch_for.may_be_below_reader {
            return None;
        }
        let mut observer = Observer {
            path: lock.path.clone(),
            descriptor: lock.file.as_raw_fd(),
            identity: None,
            keeps_nothing: None,
            family: lock.family,
            watch_for,
            pause: SECOND_SEARCH_AFTER,
            seen: None,
            times_seen: 0,
            doubt: wait_state
                .on_doubt()
                .filter(|_| watch_for.nested != Some(Nested::Wait))
                .map(|report| Doubt { report, at: Instant::now() + DOUBT_AFTER, with_table: false }),
        };
        let first = match watch_for {
            // Many may wait for slots, and not for long: their searches would hold each other up.
            WatchFor { slots: Some(_), .. } => SECOND_SEARCH_AFTER,
            WatchFor { may_be_below_reader: true, .. } => Duration::ZERO,
            _ => FIRST_SEARCH_AFTER,
        };
        wait_state.watch(first, Box::new(move || observer.search()));
        Some(Self(wait_state))
    }
}

impl Drop for DeadlockWatch<'_> {
    fn drop(&mut self) {
        self.0.unwatch();
    }
}

struct Observer {
    path: PathBuf,
    /// Open while the watch runs.
    descriptor: RawFd,
    /// The file and this process, as /proc names them; `None` before the first search.
    identity: Option<(LockId, u32)>,
    /// Whether this process holds no lock while it waits; `None` before the first search.
    keeps_nothing: Option<bool>,
    family: Family,
    watch_for: WatchFor,
    pause: Duration,
    seen: Option<Cycle>,
    times_seen: usize,
    doubt: Option<Doubt>,
}

/// The report of an ancestor that holds the lock, although no deadlock is certain.
struct Doubt {
    report: OnDoubt,
    at: Instant,
    /// Whether to look in /proc/locks for the ancestors whose descriptors we may not read.
    with_table: bool,
}

impl Observer {
    fn search(&mut self) -> Verdict {
        let Some((file, own)) = self.identity.or_else(|| self.identify()) else { return Verdict::Done };
        self.identity = Some((file, own));
        if std::mem::take(&mut self.watch_for.may_be_below_reader)
            && holding_above(file, self.family, own, false).is_some_and(|above| above.mode == Mode::Shared)
        {
            return Verdict::End(WaitError::BelowReader);
        }
        if self.watch_for.nested.is_none() {
            return Verdict::Done;
        }
        let cycle = self.cycle(file, own);
        self.times_seen = match &cycle {
            Some(_) if cycle == self.seen => self.times_seen + 1,
            Some(_) => 1,
            None => 0,
        };
        self.seen = cycle;
        match &self.seen {
            Some(cycle) if self.times_seen > 1 && self.gives_up(cycle) => {
                Verdict::End(WaitError::Deadlock(Box::new(match cycle.clone() {
                    Cycle::HeldAbove(ancestor) => Deadlock::HeldByAncestor(ancestor),
                    Cycle::Steps(steps) => Deadlock::Cycle(steps),
                })))
            }
            Some(_) if self.times_seen == 1 => Verdict::Again(CONFIRM_AFTER),
            Some(_) => Verdict::Again(PERSISTENT_AFTER),
            None => {
                self.doubt(file, own);
                Verdict::Again(self.next_pause())
            }
        }
    }

    /// The pause before the next search: longer each time, but no longer than until this process
    /// may read /proc/locks.
    fn next_pause(&mut self) -> Duration {
        let turn = self.doubt.as_ref().filter(|doubt| doubt.with_table).map(|doubt| doubt.at);
        let turn = turn.map(|at| at.saturating_duration_since(Instant::now()));
        turn.filter(|&turn| turn < self.pause).unwrap_or_else(|| {
            let longer = (self.pause * 4).min(SEARCH_AT_LEAST_EVERY);
            std::mem::replace(&mut self.pause, longer)
        })
    }

    /// The cycle that the wait closes. No process waits for one that holds nothing, except its
    /// parent; both are quick to see, and spare the reading of /proc/locks.
    fn cycle(&mut self, file: LockId, own: u32) -> Option<Cycle> {
        let descriptor = u32::try_from(self.descriptor).ok();
        // An upgrade holds its lock through the descriptor that waits, and others wait for that one.
        let waiting = descriptor.filter(|_| self.watch_for.slots.is_some());
        if *self.keeps_nothing.get_or_insert_with(|| keeps_nothing(own, waiting)) && !is_awaited(own) {
            return None;
        }
        if let Some(Slots { count, take }) = self.watch_for.slots.filter(|_| !self.outlives_ancestors()) {
            if let Some(ancestor) = slots_kept_above(file, count, take, own) {
                return Some(Cycle::HeldAbove(ancestor));
            }
        }
        let cycle = certain_cycle(file, self.watch_for.mode, self.family, own, descriptor).ok().flatten();
        // An ancestor's lock may be waited for on request; a cycle never ends.
        cycle.filter(|cycle| !self.outlives_ancestors() || matches!(cycle, Cycle::Steps(_)))
    }

    fn outlives_ancestors(&self) -> bool {
        self.watch_for.nested == Some(Nested::Wait)
    }

    fn gives_up(&self, cycle: &Cycle) -> bool {
        let is_youngest =
            |steps: &[Step]| youngest(steps.iter().map(|step| step.waiter)) == Some(steps[0].waiter);
        match cycle {
            Cycle::HeldAbove(_) => true,
            Cycle::Steps(steps) => is_youngest(steps) || self.times_seen >= PERSISTENT_TIMES,
        }
    }

    /// Reports an ancestor that holds the lock, once and after a while. A hidden ancestor can be
    /// found in /proc/locks only, and a reading holds up every lock on the system. So a thousand
    /// waiters that arrive together do not read it together.
    fn doubt(&mut self, file: LockId, own: u32) {
        let Some(doubt) = self.doubt.take_if(|doubt| doubt.at <= Instant::now()) else { return };
        match glimpse_above((file, self.own_path().as_ref()), self.family, own, doubt.with_table) {
            Ok(Some(above)) if above.mode.conflicts_with(self.watch_for.mode) => {
                // In a thread of its own: the report may block, and this one has a deadline to keep.
                let (path, report) = (self.path.clone(), doubt.report);
                let _ = helper_thread::spawn(move || report(&path, &above));
            }
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied && !doubt.with_table => {
                let turns = threads_on_system();
                let turn = own % turns.max(1);
                self.doubt =
                    Some(Doubt { at: doubt.at + BETWEEN_READINGS * turn, with_table: true, ..doubt });
            }
            _ => {}
        }
    }

    /// By a path, because the waiting thread owns the descriptor.
    fn identify(&self) -> Option<(LockId, u32)> {
        Some((LockId::of_path(self.own_path().as_ref()).ok()?, own_pid().ok()?))
    }

    fn own_path(&self) -> String {
        format!("/proc/self/fd/{}", self.descriptor)
    }
}
