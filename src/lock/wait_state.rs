//! How long to wait, and the sleep in the kernel that holds to it.

use std::cell::{Cell, OnceCell};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::cancel::{CancelToken, Wakeable};
use super::interrupter::{Interrupter, Looker, Waker};
use super::wait::{Limit, OnDoubt, StopSource, Wait};
use super::wait_error::WaitError;

/// So often one that is not to wait begins again because the path leads elsewhere by now.
const ROUNDS: u32 = 20;

/// What is left of the time that one call may take.
pub(crate) struct WaitState<'a> {
    waiting: Wait<'a>,
    deadline: Option<Instant>,
    limit: Duration,
    interrupter: OnceCell<Interrupter>,
    rounds: Cell<u32>,
}

impl<'a> WaitState<'a> {
    pub(crate) fn new(waiting: Wait<'a>) -> Self {
        let (deadline, limit) = match waiting.limit {
            Limit::AtMost(limit) => (Instant::now().checked_add(limit), limit),
            Limit::Until(deadline) => (Some(deadline), deadline.saturating_duration_since(Instant::now())),
            Limit::Never | Limit::Forever => (None, Duration::MAX),
        };
        Self { waiting, deadline, limit, interrupter: OnceCell::new(), rounds: Cell::new(0) }
    }

    /// When the time is up, if ever.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// What may call it off.
    pub(crate) fn cancel(&self) -> Option<&'a CancelToken> {
        self.waiting.cancel
    }

    /// Why the waiting ended without what was waited for, be it the time or somebody.
    pub(crate) fn gave_up(&self) -> WaitError {
        if self.is_called_off() { WaitError::Cancelled } else { WaitError::TimedOut(self.limit) }
    }

    /// Whether there is any waiting at all.
    pub(crate) fn may_wait(&self) -> bool {
        self.waiting.limit != Limit::Never
    }

    /// Says that this lock will have to be waited for; refused if there is no
    /// time for it.
    pub(crate) fn begin(&self, path: &Path) -> Result<(), WaitError> {
        if !self.may_wait() {
            return Err(WaitError::Busy);
        }
        self.check_deadline()?;
        (self.waiting.tells)(path);
        if let Some(StopSource { descriptor, is_required }) = self.waiting.stop {
            let stops = self.interrupter().and_then(|interrupter| interrupter.stop_when_readable(descriptor));
            if is_required {
                stops.map_err(WaitError::Failed)?;
            }
        }
        Ok(())
    }

    /// What calls the waiting off, from any thread.
    pub(crate) fn waker(&self) -> io::Result<Waker> {
        self.interrupter().map(Interrupter::waker)
    }

    /// Has another thread look around while this one waits, from then on. Where there is no thread for
    /// it, nothing is looked for.
    pub(crate) fn watch(&self, first: Duration, looker: Looker) {
        if let Ok(interrupter) = self.interrupter() {
            interrupter.watch(first, looker);
        }
    }

    /// Ends that.
    pub(crate) fn unwatch(&self) {
        if let Some(interrupter) = self.interrupter.get() {
            interrupter.unwatch();
        }
    }

    /// What to say of an ancestor that may be waited for in vain.
    pub(crate) fn on_doubt(&self) -> Option<OnDoubt> {
        self.waiting.on_doubt
    }

    /// Whether the deadline is still to come; one who is not to wait has none.
    pub(crate) fn check_deadline(&self) -> Result<(), WaitError> {
        match self.deadline {
            Some(deadline) if Instant::now() >= deadline => Err(WaitError::TimedOut(self.limit)),
            _ => Ok(()),
        }
    }

    /// Whether to begin again, because the path leads to another file than it did. One that is not
    /// to wait does so a number of times: others may replace the file without end.
    pub(crate) fn begin_again(&self) -> Result<(), WaitError> {
        self.rounds.set(self.rounds.get().saturating_add(1));
        if !self.may_wait() && self.rounds.get() > ROUNDS {
            return Err(WaitError::Busy);
        }
        self.check_deadline()
    }

    /// Repeats a blocking call until it is not interrupted, for as long as
    /// there is time and nobody calls it off.
    pub(crate) fn block(&self, call: impl FnMut() -> io::Result<()>) -> Result<(), WaitError> {
        if self.deadline.is_none() && self.waiting.cancel.is_none() && self.interrupter.get().is_none() {
            return self.repeat(call);
        }
        let interrupter = self.interrupter().map_err(WaitError::Failed)?;
        let waiting = interrupter.rings_for_this_thread();
        let ended = self.repeat(call);
        drop(waiting);
        ended
    }

    fn repeat(&self, mut call: impl FnMut() -> io::Result<()>) -> Result<(), WaitError> {
        loop {
            if let Some(why) = self.interrupter.get().and_then(Interrupter::called_off) {
                return Err(why);
            }
            if self.is_called_off() {
                return Err(WaitError::Cancelled);
            }
            self.check_deadline()?;
            match call() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                ended => return ended.map_err(WaitError::Failed),
            }
        }
    }

    fn is_called_off(&self) -> bool {
        self.waiting.cancel.is_some_and(CancelToken::is_cancelled)
            || self.interrupter.get().is_some_and(Interrupter::is_stopped)
    }

    fn interrupter(&self) -> io::Result<&Interrupter> {
        if self.interrupter.get().is_none() {
            let interrupter = Interrupter::set(self.deadline)?;
            if let Some(cancel) = self.waiting.cancel {
                cancel.remember(Wakeable::Waker(interrupter.waker()));
            }
            let _ = self.interrupter.set(interrupter);
        }
        Ok(self.interrupter.get().expect("it has just been set"))
    }
}

impl Drop for WaitState<'_> {
    fn drop(&mut self) {
        if let (Some(cancel), Some(interrupter)) = (self.waiting.cancel, self.interrupter.get()) {
            cancel.forget(&Wakeable::Waker(interrupter.waker()));
        }
    }
}
