//! How long a call may still wait, and the blocking call that keeps to it.

use std::cell::{Cell, OnceCell};
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::{Duration, Instant};

use super::cancel::{CancelToken, Wakeable};
use super::interrupter::{Interrupter, Waker};
use super::interrupter_thread::Check;
use super::wait::{Limit, OnDoubt, StopSource, Wait};
use super::wait_error::WaitError;

/// How often a call that must not wait starts again because its path leads to another file.
const ROUNDS: u32 = 20;

/// The state of one call's [`Wait`].
///
/// Without a limit, a token and a watch, blocking costs no thread and no signal handler: the
/// interrupter is started when it is first needed.
pub(crate) struct WaitState<'a> {
    wait: Wait<'a>,
    deadline: Option<Instant>,
    limit: Duration,
    interrupter: OnceCell<Interrupter>,
    rounds: Cell<u32>,
}

impl<'a> WaitState<'a> {
    pub(crate) fn new(wait: Wait<'a>) -> Self {
        let (deadline, limit) = match wait.limit {
            Limit::AtMost(limit) => (Instant::now().checked_add(limit), limit),
            Limit::Until(deadline) => (Some(deadline), deadline.saturating_duration_since(Instant::now())),
            Limit::Never | Limit::Forever => (None, Duration::MAX),
        };
        Self { wait, deadline, limit, interrupter: OnceCell::new(), rounds: Cell::new(0) }
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    pub(crate) fn cancel(&self) -> Option<&'a CancelToken> {
        self.wait.cancel
    }

    /// Why a wait ended that was cancelled or timed out.
    pub(crate) fn end_reason(&self) -> WaitError {
        if self.is_cancelled() { WaitError::Cancelled } else { WaitError::TimedOut(self.limit) }
    }

    /// Whether the call may wait at all.
    pub(crate) fn may_wait(&self) -> bool {
        self.wait.limit != Limit::Never
    }

    /// Reports that the call has to wait for this lock.
    ///
    /// # Errors
    /// The call may not wait, or its time is up.
    pub(crate) fn begin(&self, path: &Path) -> Result<(), WaitError> {
        self.check_may_wait()?;
        (self.wait.notify)(path);
        match self.wait.stop {
            Some(StopSource { descriptor, is_required: true }) => {
                self.stop_when_readable(descriptor).map_err(WaitError::Failed)
            }
            _ => Ok(()),
        }
    }

    /// Fails if the call may not wait, or if its time is up.
    pub(crate) fn check_may_wait(&self) -> Result<(), WaitError> {
        if self.may_wait() { self.check_deadline() } else { Err(WaitError::Busy) }
    }

    /// Reports that the call waits at gates. A signal that ends the process there would leave the
    /// gate file behind, so only now the descriptor is polled that reports one.
    pub(crate) fn stop_at_gates(&self) {
        if let Some(StopSource { descriptor, .. }) = self.wait.stop {
            let _ = self.stop_when_readable(descriptor);
        }
    }

    fn stop_when_readable(&self, descriptor: impl FnOnce() -> Option<OwnedFd>) -> io::Result<()> {
        self.interrupter().and_then(|interrupter| interrupter.stop_when_readable(descriptor))
    }

    /// What ends this wait from any thread.
    pub(crate) fn waker(&self) -> io::Result<Waker> {
        self.interrupter().map(Interrupter::waker)
    }

    /// Has another thread run the check while this one waits. Where the system has no thread left,
    /// nothing is checked.
    pub(crate) fn watch(&self, delay: Duration, check: Check) {
        if let Ok(interrupter) = self.interrupter() {
            interrupter.watch(delay, check);
        }
    }

    /// Ends the checks.
    pub(crate) fn unwatch(&self) {
        if let Some(interrupter) = self.interrupter.get() {
            interrupter.unwatch();
        }
    }

    /// What to call about an ancestor that may cause a deadlock.
    pub(crate) fn on_doubt(&self) -> Option<OnDoubt> {
        self.wait.on_doubt
    }

    /// Fails if the deadline has passed. A call that may not wait has none.
    pub(crate) fn check_deadline(&self) -> Result<(), WaitError> {
        match self.deadline {
            Some(deadline) if Instant::now() >= deadline => Err(WaitError::TimedOut(self.limit)),
            _ => Ok(()),
        }
    }

    /// Whether the call may start again because its path leads to another file. A call that may not
    /// wait starts a limited number of times, for others may replace the file endlessly.
    pub(crate) fn begin_again(&self) -> Result<(), WaitError> {
        self.rounds.set(self.rounds.get().saturating_add(1));
        if !self.may_wait() && self.rounds.get() > ROUNDS {
            return Err(WaitError::Busy);
        }
        self.check_deadline()
    }

    /// Makes a blocking call, and repeats it when it is interrupted for nothing.
    ///
    /// # Errors
    /// The time is up, the wait is cancelled or must end, or the call failed.
    pub(crate) fn block(&self, call: impl FnMut() -> io::Result<()>) -> Result<(), WaitError> {
        if self.deadline.is_none() && self.wait.cancel.is_none() && self.interrupter.get().is_none() {
            return self.repeat(call);
        }
        let interrupter = self.interrupter().map_err(WaitError::Failed)?;
        // Announced before `repeat` checks, so that no interruption is lost in between.
        let in_call = interrupter.enter_call();
        let ended = self.repeat(call);
        drop(in_call);
        ended
    }

    fn repeat(&self, mut call: impl FnMut() -> io::Result<()>) -> Result<(), WaitError> {
        loop {
            if let Some(why) = self.interrupter.get().and_then(Interrupter::take_end) {
                return Err(why);
            }
            if self.is_cancelled() {
                return Err(WaitError::Cancelled);
            }
            self.check_deadline()?;
            match call() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                ended => return ended.map_err(WaitError::Failed),
            }
        }
    }

    fn is_cancelled(&self) -> bool {
        self.wait.cancel.is_some_and(CancelToken::is_cancelled)
            || self.interrupter.get().is_some_and(Interrupter::is_stopped)
    }

    fn interrupter(&self) -> io::Result<&Interrupter> {
        if self.interrupter.get().is_none() {
            let interrupter = Interrupter::start(self.deadline)?;
            if let Some(cancel) = self.wait.cancel {
                cancel.register(Wakeable::Waker(interrupter.waker()));
            }
            let _ = self.interrupter.set(interrupter);
        }
        Ok(self.interrupter.get().expect("it has just been set"))
    }
}

impl Drop for WaitState<'_> {
    fn drop(&mut self) {
        if let (Some(cancel), Some(interrupter)) = (self.wait.cancel, self.interrupter.get()) {
            cancel.unregister(&Wakeable::Waker(interrupter.waker()));
        }
    }
}
