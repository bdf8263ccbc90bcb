//! What gets a thread out of a lock call in which it sleeps: a deadline, another thread that rings,
//! a descriptor that can be read, or a look around that finds that the sleep would never end.
//!
//! A second thread sleeps until then and interrupts the first one until it says that it is out of its
//! call: a single interruption could come just before the call begins, and be lost. The first thread
//! does not wait for the end of the second: it holds a lock by then.

use std::fmt;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::stop_descriptor::StopDescriptor;
use super::wait_error::WaitError;
use crate::sys::helper_thread;
use crate::sys::interrupt::{InterruptTarget, Interruptible};

const AGAIN_AFTER: Duration = Duration::from_millis(1);

/// Rings at the deadline, if there is one, or when its waker is rung, for the thread that set it, until
/// it is dropped.
#[derive(Debug)]
pub(crate) struct Interrupter {
    shared: Arc<Shared>,
    interruptible: Interruptible,
}

/// Rings the interrupter, from any thread.
#[derive(Debug, Clone)]
pub(crate) struct Waker(Arc<Shared>);

/// While this lives the thread is in a lock call, and the interrupter rings for it.
#[derive(Debug)]
pub(crate) struct InCall<'a>(&'a Shared);

/// What a look around comes to.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Verdict again after this time.
    Again(Duration),
    /// The wait is to end, for this reason.
    End(WaitError),
    /// There is nothing to look for.
    Never,
}

/// Looks around, in the second thread.
pub(crate) type Looker = Box<dyn FnMut() -> Verdict + Send>;

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<InterrupterState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct InterrupterState {
    in_call: Option<InterruptTarget>,
    called_off: Option<WaitError>,
    watch: Option<Watch>,
    /// What ends the wait when it can be read.
    stop: Option<Arc<StopDescriptor>>,
    stopped: bool,
    /// Changes when a watch ends, so that a look that is under way then comes to nothing.
    watches_ended: usize,
    rung: bool,
    over: bool,
}

struct Watch {
    at: Instant,
    looker: Looker,
}

impl Interrupter {
    /// Sets the interrupter for the calling thread.
    pub(crate) fn set(deadline: Option<Instant>) -> io::Result<Self> {
        let interruptible = Interruptible::new()?;
        let shared = Arc::new(Shared::default());
        let second = Arc::clone(&shared);
        helper_thread::spawn(move || second.ring_at(deadline))?;
        Ok(Self { shared, interruptible })
    }

    /// The calling thread, which set the interrupter, is about to enter a lock call.
    pub(crate) fn rings_for_this_thread(&self) -> InCall<'_> {
        let target = self.interruptible.target();
        self.shared.change(|state| state.in_call = Some(target));
        InCall(&self.shared)
    }

    /// Has the second thread look around from then on, until [`unwatch`](Self::unwatch).
    pub(crate) fn watch(&self, first: Duration, looker: Looker) {
        let watch = Watch { at: Instant::now() + first, looker };
        self.shared.change(|state| state.watch = Some(watch));
    }

    /// From now on the wait, and each later one, also ends when this can be read: what `open` gives.
    pub(crate) fn stop_when_readable(&self, open: impl FnOnce() -> Option<OwnedFd>) -> io::Result<()> {
        if self.shared.lock().stop.is_some() {
            return Ok(());
        }
        let stop = StopDescriptor::new(open)?;
        self.shared.change(|state| state.stop = stop.map(Arc::new));
        Ok(())
    }

    /// Whether the descriptor could be read.
    pub(crate) fn is_stopped(&self) -> bool {
        self.shared.lock().stopped
    }

    /// No more looks; one that is under way comes to nothing, and so does what one has found that the
    /// thread has not heard of.
    pub(crate) fn unwatch(&self) {
        let mut state = self.shared.lock();
        (state.watch, state.called_off, state.rung) = (None, None, false);
        state.watches_ended += 1;
    }

    /// What rings this interrupter.
    pub(crate) fn waker(&self) -> Waker {
        Waker(Arc::clone(&self.shared))
    }

    /// Why the waker was rung, if it was; told once.
    pub(crate) fn called_off(&self) -> Option<WaitError> {
        let mut state = self.shared.lock();
        state.rung = false;
        state.called_off.take()
    }
}

impl Waker {
    /// Has the thread look up from its sleep.
    pub(crate) fn wakeable(&self) {
        self.0.change(|state| state.rung = true);
    }

    /// Calls the waiting off, for this reason.
    pub(crate) fn call_off(&self, why: WaitError) {
        self.0.lock().called_off = Some(why);
        self.wakeable();
    }

    /// Takes back what it was rung for, if the thread has not heard it.
    pub(crate) fn hush(&self) {
        let mut state = self.0.lock();
        state.called_off = None;
        state.rung = false;
    }

    /// whether both wake the same interrupter.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Drop for Interrupter {
    fn drop(&mut self) {
        self.shared.change(|state| state.over = true);
    }
}

impl Drop for InCall<'_> {
    fn drop(&mut self) {
        self.0.lock().in_call = None;
    }
}

impl Shared {
    fn ring_at(&self, deadline: Option<Instant>) {
        let mut state = self.lock();
        while !state.over {
            let now = Instant::now();
            if let Some(watch) = state.watch.take_if(|watch| watch.at <= now) {
                state = self.look_around(state, watch);
                continue;
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(now));
            let due = state.rung || state.stopped || left.is_some_and(|left| left.is_zero());
            let nap = match state.in_call {
                Some(target) if due => {
                    target.interrupt();
                    AGAIN_AFTER
                }
                _ if due => Duration::MAX,
                _ => left.unwrap_or(Duration::MAX),
            };
            let look =
                state.watch.as_ref().map_or(Duration::MAX, |watch| watch.at.saturating_duration_since(now));
            state = self.nap(state, nap.min(look));
        }
    }

    /// Until the time is up or something has changed.
    fn nap<'a>(
        &'a self,
        mut state: MutexGuard<'a, InterrupterState>,
        time: Duration,
    ) -> MutexGuard<'a, InterrupterState> {
        if state.stopped || state.stop.is_none() {
            let napped = self.changed.wait_timeout(state, time);
            return napped.unwrap_or_else(PoisonError::into_inner).0;
        }
        let stop = state.stop.clone();
        drop(state);
        let stopped = stop.is_some_and(|stop| stop.comes_within(time));
        state = self.lock();
        state.stopped |= stopped;
        state
    }

    /// The second thread takes notice.
    fn change(&self, change: impl FnOnce(&mut InterrupterState)) {
        let mut state = self.lock();
        let stop = state.stop.clone();
        change(&mut state);
        drop(state);
        self.changed.notify_one();
        if let Some(stop) = stop {
            stop.wake();
        }
    }

    /// Without the mutex, so that the first thread is not kept from its lock by it.
    fn look_around<'a>(
        &'a self,
        state: MutexGuard<'a, InterrupterState>,
        mut watch: Watch,
    ) -> MutexGuard<'a, InterrupterState> {
        let ended = state.watches_ended;
        drop(state);
        let look = (watch.looker)();
        let mut state = self.lock();
        if state.watches_ended == ended {
            match look {
                Verdict::Again(pause) => state.watch = Some(Watch { at: Instant::now() + pause, ..watch }),
                Verdict::End(why) => (state.called_off, state.rung) = (Some(why), true),
                Verdict::Never => {}
            }
        }
        state
    }

    fn lock(&self) -> MutexGuard<'_, InterrupterState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Watch").field("at", &self.at).finish_non_exhaustive()
    }
}
