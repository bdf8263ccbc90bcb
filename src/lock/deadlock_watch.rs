//! Looks, while a thread waits for a lock, whether the wait certainly never ends.
//!
//! The thread has joined the kernel's queue by then, so looking costs nobody a place. A cycle counts
//! when it is seen twice: a command may be about to end, and a woken waiter is missing in the table
//! for a moment. Of two processes that close a cycle at the same time, each may have looked before the
//! other one waited; and an ancestor may get the lock later. So it is looked again for as long as the
//! wait lasts, ever more rarely.
//!
//! Of those in a cycle the youngest gives up, so that it is one and not all. The others do so only if
//! the cycle goes on: it may be a program that does not look.

use std::os::fd::{AsRawFd, RawFd};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::deadlock::Deadlock;
use super::file::LockFile;
use super::interrupter::Verdict;
use super::request::{Nested, conflict};
use super::wait::OnDoubt;
use super::wait_error::WaitError;
use super::wait_state::WaitState;
use crate::holders::{
    Ancestor, Cycle, LockId, Step, certain_cycle, first_holding, is_awaited, keeps_nothing, lineage, own_pid,
    youngest,
};
use crate::mode::{Family, Mode};

const FIRST_LOOK_AFTER: Duration = Duration::from_millis(20);
const SECOND_LOOK_AFTER: Duration = Duration::from_millis(80);
const SEEN_LOOKS_AGAIN_AFTER: Duration = Duration::from_millis(20);
const PATIENT_LOOKS_AFTER: Duration = Duration::from_millis(250);
const LOOKS_AT_LEAST_EVERY: Duration = Duration::from_secs(60);
/// So often a cycle is seen before one gives up that is not its youngest.
const PATIENT_LOOKS: usize = 6;
const DOUBT_AFTER: Duration = Duration::from_secs(1);

/// Looks until it is dropped, or has called the wait off.
pub(crate) struct DeadlockWatch<'a>(&'a WaitState<'a>);

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LooksFor {
    /// The wait is for this.
    pub(crate) mode: Mode,
    /// What to do when it never ends.
    pub(crate) nested: Nested,
    /// Whether it stands at the gates as a reader that may have a reader above it.
    pub(crate) may_read_below: bool,
}

impl<'a> DeadlockWatch<'a> {
    /// For the calling thread, which is about to wait for this lock.
    pub(crate) fn over(lock: &LockFile, looks_for: LooksFor, wait_state: &'a WaitState<'a>) -> Option<Self> {
        if looks_for.nested == Nested::Wait && !looks_for.may_read_below {
            return None;
        }
        let mut search = Observer {
            path: lock.path.clone(),
            descriptor: lock.file.as_raw_fd(),
            found: None,
            keeps_nothing: None,
            family: lock.family,
            looks_for,
            start: Instant::now(),
            pause: SECOND_LOOK_AFTER,
            seen: None,
            times_seen: 0,
            on_doubt: wait_state.on_doubt(),
        };
        let first = if looks_for.may_read_below { Duration::ZERO } else { FIRST_LOOK_AFTER };
        wait_state.watch(first, Box::new(move || search.look()));
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
    /// Open as long as it is looked.
    descriptor: RawFd,
    /// The file and this process, as /proc names them.
    found: Option<(LockId, u32)>,
    /// Whether this process keeps no lock while it waits; `None` before it is looked for.
    keeps_nothing: Option<bool>,
    family: Family,
    looks_for: LooksFor,
    start: Instant,
    pause: Duration,
    seen: Option<Cycle>,
    times_seen: usize,
    on_doubt: Option<OnDoubt>,
}

impl Observer {
    fn look(&mut self) -> Verdict {
        let Some((file, own)) = self.found.or_else(|| self.find()) else { return Verdict::Never };
        self.found = Some((file, own));
        if std::mem::take(&mut self.looks_for.may_read_below)
            && self.holding_above(file, own).is_some_and(|above| above.mode == Mode::Shared)
        {
            return Verdict::End(WaitError::ReadsBelow);
        }
        if self.looks_for.nested == Nested::Wait {
            return Verdict::Never;
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
            Some(_) if self.times_seen == 1 => Verdict::Again(SEEN_LOOKS_AGAIN_AFTER),
            Some(_) => Verdict::Again(PATIENT_LOOKS_AFTER),
            None => {
                self.doubt(file, own);
                let pause = self.pause;
                self.pause = (pause * 4).min(LOOKS_AT_LEAST_EVERY);
                Verdict::Again(pause)
            }
        }
    }

    /// Nobody waits for a process that keeps nothing, unless its parent does: that is quick to see.
    fn cycle(&mut self, file: LockId, own: u32) -> Option<Cycle> {
        if *self.keeps_nothing.get_or_insert_with(|| keeps_nothing(own)) && !is_awaited(own) {
            return None;
        }
        certain_cycle(file, self.looks_for.mode, self.family, own).ok().flatten()
    }

    fn gives_up(&self, cycle: &Cycle) -> bool {
        let is_youngest =
            |steps: &[Step]| youngest(steps.iter().map(|step| step.waiter)) == Some(steps[0].waiter);
        match cycle {
            Cycle::HeldAbove(_) => true,
            Cycle::Steps(steps) => is_youngest(steps) || self.times_seen >= PATIENT_LOOKS,
        }
    }

    /// Tells of an ancestor that holds the lock, after a while and once.
    fn doubt(&mut self, file: LockId, own: u32) {
        if self.start.elapsed() < DOUBT_AFTER {
            return;
        }
        if let Some(tell) = self.on_doubt.take()
            && let Some(above) = self.holding_above(file, own)
            && conflict(above.mode, self.looks_for.mode)
        {
            tell(&self.path, &above);
        }
    }

    fn holding_above(&self, file: LockId, own: u32) -> Option<Ancestor> {
        first_holding(file, self.family, lineage(own).into_iter().skip(1)).ok().flatten()
    }

    /// By a path, for the descriptor is the waiting thread's.
    fn find(&self) -> Option<(LockId, u32)> {
        let path = format!("/proc/self/fd/{}", self.descriptor);
        Some((LockId::of_path(path.as_ref()).ok()?, own_pid().ok()?))
    }
}
