//! The helper thread of an [`interrupter`](super::interrupter), and what it shares with the waiting
//! thread.
//!
//! It sleeps until something is due, and then sends signals or runs a check. One mutex guards all
//! that the two threads share. It is released while a check runs, because a check reads /proc, and
//! the waiting thread must be able to enter and leave its call meanwhile.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::stop_descriptor::StopDescriptor;
use super::wait_error::WaitError;
use crate::sys::interrupt::InterruptTarget;

/// How soon a signal is repeated that may have come before the call.
const REPEAT_AFTER: Duration = Duration::from_millis(1);

/// What a check decides.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Check again after this time.
    Again(Duration),
    /// The wait must end, for this reason.
    End(WaitError),
    /// There is nothing left to check.
    Done,
}

/// Decides whether the wait goes on. The helper thread calls it.
pub(crate) type Check = Box<dyn FnMut() -> Verdict + Send>;

/// A check, and when it is due.
pub(super) struct Watch {
    pub(super) at: Instant,
    pub(super) check: Check,
}

/// What the waiting thread, its wakers and the helper thread share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    state: Mutex<InterrupterState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
pub(super) struct InterrupterState {
    /// The waiting thread, while it is in a lock call or about to enter one.
    pub(super) in_call: Option<InterruptTarget>,
    /// Why the wait must end, until the waiting thread reads it.
    pub(super) end: Option<WaitError>,
    pub(super) watch: Option<Watch>,
    /// Ends the wait when it becomes readable.
    pub(super) stop: Option<Arc<StopDescriptor>>,
    /// Whether it has become readable.
    pub(super) stopped: bool,
    /// Counts the watches that ended, so that a check that outlives its watch is discarded.
    pub(super) watches_ended: usize,
    /// Whether the waiting thread must be interrupted and has not noticed it yet.
    pub(super) woken: bool,
    /// Whether the helper thread must exit.
    pub(super) finished: bool,
}

impl Shared {
    /// The helper thread: runs until the interrupter is dropped.
    pub(super) fn run(&self, deadline: Option<Instant>) {
        let mut state = self.lock();
        while !state.finished {
            let now = Instant::now();
            if let Some(watch) = state.watch.take_if(|watch| watch.at <= now) {
                state = self.check(state, watch);
                continue;
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(now));
            let due = state.woken || state.stopped || left.is_some_and(|left| left.is_zero());
            let sleep = match state.in_call {
                Some(target) if due => {
                    // The thread may still be on its way into the call: repeat until it is out.
                    target.interrupt();
                    REPEAT_AFTER
                }
                // Outside a call there is nothing to interrupt; `enter_call` wakes this thread.
                _ if due => Duration::MAX,
                _ => left.unwrap_or(Duration::MAX),
            };
            let next_check =
                state.watch.as_ref().map_or(Duration::MAX, |watch| watch.at.saturating_duration_since(now));
            state = self.sleep(state, sleep.min(next_check));
        }
    }

    /// Sleeps until the time has passed or something has changed.
    fn sleep<'a>(
        &'a self,
        mut state: MutexGuard<'a, InterrupterState>,
        time: Duration,
    ) -> MutexGuard<'a, InterrupterState> {
        if state.stopped || state.stop.is_none() {
            let slept = self.changed.wait_timeout(state, time);
            return slept.unwrap_or_else(PoisonError::into_inner).0;
        }
        // A condition variable cannot watch a descriptor, so this thread sleeps in poll(2) instead.
        // A change in the gap before it is kept for it by the pipe that `change` writes to.
        let stop = state.stop.clone();
        drop(state);
        let stopped = stop.is_some_and(|stop| stop.is_readable_within(time));
        state = self.lock();
        state.stopped |= stopped;
        state
    }

    /// Changes the state and wakes the helper thread, wherever it sleeps.
    pub(super) fn change(&self, change: impl FnOnce(&mut InterrupterState)) {
        let mut state = self.lock();
        // The one at which it may sleep now: `change` may set another one.
        let stop = state.stop.clone();
        change(&mut state);
        drop(state);
        self.changed.notify_one();
        if let Some(stop) = stop {
            stop.wake();
        }
    }

    /// Runs the check without the mutex, and discards its verdict if the watch has ended meanwhile.
    fn check<'a>(
        &'a self,
        state: MutexGuard<'a, InterrupterState>,
        mut watch: Watch,
    ) -> MutexGuard<'a, InterrupterState> {
        let ended = state.watches_ended;
        drop(state);
        let verdict = (watch.check)();
        let mut state = self.lock();
        if state.watches_ended == ended {
            match verdict {
                Verdict::Again(pause) => state.watch = Some(Watch { at: Instant::now() + pause, ..watch }),
                Verdict::End(why) => (state.end, state.woken) = (Some(why), true),
                Verdict::Done => {}
            }
        }
        state
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, InterrupterState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Watch").field("at", &self.at).finish_non_exhaustive()
    }
}
