//! How long to wait, and the sleep in the kernel that holds to it.

use std::cell::{Cell, OnceCell};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::cancel::{Cancel, Ring};
use super::interrupter::{Alarm, Bell, Looker};
use super::wait::{OnDoubt, Stop, Waiting};
use super::wait_error::GaveUp;

/// How long to wait for a lock that somebody else holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Not at all.
    Never,
    /// Until it is free.
    Forever,
    /// So long for the whole call, whatever it has to wait for.
    AtMost(Duration),
    /// Until then.
    Until(Instant),
}

/// So often one that is not to wait begins again because the path leads elsewhere by now.
const ROUNDS: u32 = 20;

/// What is left of the time that one call may take.
pub(crate) struct Patience<'a> {
    waiting: Waiting<'a>,
    deadline: Option<Instant>,
    limit: Duration,
    alarm: OnceCell<Alarm>,
    rounds: Cell<u32>,
}

impl<'a> Patience<'a> {
    pub(crate) fn new(waiting: Waiting<'a>) -> Self {
        let (deadline, limit) = match waiting.wait {
            Wait::AtMost(limit) => (Instant::now().checked_add(limit), limit),
            Wait::Until(deadline) => (Some(deadline), deadline.saturating_duration_since(Instant::now())),
            Wait::Never | Wait::Forever => (None, Duration::MAX),
        };
        Self { waiting, deadline, limit, alarm: OnceCell::new(), rounds: Cell::new(0) }
    }

    /// When the time is up, if ever.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// What may call it off.
    pub(crate) fn cancel(&self) -> Option<&'a Cancel> {
        self.waiting.cancel
    }

    /// Why the waiting ended without what was waited for, be it the time or somebody.
    pub(crate) fn gave_up(&self) -> GaveUp {
        if self.is_called_off() { GaveUp::Cancelled } else { GaveUp::TimedOut(self.limit) }
    }

    /// Whether there is any waiting at all.
    pub(crate) fn may_wait(&self) -> bool {
        self.waiting.wait != Wait::Never
    }

    /// Says that this lock will have to be waited for; refused if there is no
    /// time for it.
    pub(crate) fn begin(&self, path: &Path) -> Result<(), GaveUp> {
        if !self.may_wait() {
            return Err(GaveUp::Busy);
        }
        self.check_deadline()?;
        (self.waiting.on_wait)(path);
        if let Some(Stop { descriptor, is_required }) = self.waiting.stop {
            let stops = self.alarm().and_then(|alarm| alarm.stop_when_readable(descriptor));
            if is_required {
                stops.map_err(GaveUp::Failed)?;
            }
        }
        Ok(())
    }

    /// What calls the waiting off, from any thread.
    pub(crate) fn bell(&self) -> io::Result<Bell> {
        self.alarm().map(Alarm::bell)
    }

    /// Has another thread look around while this one waits, from then on. Where there is no thread for
    /// it, nothing is looked for.
    pub(crate) fn watch(&self, first: Duration, looker: Looker) {
        if let Ok(alarm) = self.alarm() {
            alarm.watch(first, looker);
        }
    }

    /// Ends that.
    pub(crate) fn unwatch(&self) {
        if let Some(alarm) = self.alarm.get() {
            alarm.unwatch();
        }
    }

    /// What to say of an ancestor that may be waited for in vain.
    pub(crate) fn on_doubt(&self) -> Option<OnDoubt> {
        self.waiting.on_doubt
    }

    /// Whether the deadline is still to come; one who is not to wait has none.
    pub(crate) fn check_deadline(&self) -> Result<(), GaveUp> {
        match self.deadline {
            Some(deadline) if Instant::now() >= deadline => Err(GaveUp::TimedOut(self.limit)),
            _ => Ok(()),
        }
    }

    /// Whether to begin again, because the path leads to another file than it did. One that is not
    /// to wait does so a number of times: others may replace the file without end.
    pub(crate) fn begin_again(&self) -> Result<(), GaveUp> {
        self.rounds.set(self.rounds.get().saturating_add(1));
        if !self.may_wait() && self.rounds.get() > ROUNDS {
            return Err(GaveUp::Busy);
        }
        self.check_deadline()
    }

    /// Repeats a blocking call until it is not interrupted, for as long as
    /// there is time and nobody calls it off.
    pub(crate) fn block(&self, call: impl FnMut() -> io::Result<()>) -> Result<(), GaveUp> {
        if self.deadline.is_none() && self.waiting.cancel.is_none() && self.alarm.get().is_none() {
            return self.repeat(call);
        }
        let alarm = self.alarm().map_err(GaveUp::Failed)?;
        let waiting = alarm.rings_for_this_thread();
        let ended = self.repeat(call);
        drop(waiting);
        ended
    }

    fn repeat(&self, mut call: impl FnMut() -> io::Result<()>) -> Result<(), GaveUp> {
        loop {
            if let Some(why) = self.alarm.get().and_then(Alarm::called_off) {
                return Err(why);
            }
            if self.is_called_off() {
                return Err(GaveUp::Cancelled);
            }
            self.check_deadline()?;
            match call() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                ended => return ended.map_err(GaveUp::Failed),
            }
        }
    }

    fn is_called_off(&self) -> bool {
        self.waiting.cancel.is_some_and(Cancel::is_cancelled)
            || self.alarm.get().is_some_and(Alarm::is_stopped)
    }

    fn alarm(&self) -> io::Result<&Alarm> {
        if self.alarm.get().is_none() {
            let alarm = Alarm::set(self.deadline)?;
            if let Some(cancel) = self.waiting.cancel {
                cancel.remember(Ring::Bell(alarm.bell()));
            }
            let _ = self.alarm.set(alarm);
        }
        Ok(self.alarm.get().expect("it has just been set"))
    }
}

impl Drop for Patience<'_> {
    fn drop(&mut self) {
        if let (Some(cancel), Some(alarm)) = (self.waiting.cancel, self.alarm.get()) {
            cancel.forget(&Ring::Bell(alarm.bell()));
        }
    }
}
