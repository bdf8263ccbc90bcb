//! How long to wait, and the sleep in the kernel that holds to it.

use std::cell::OnceCell;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::alarm::{Alarm, Bell};
use super::cancel::Cancel;
use super::gave_up::GaveUp;

/// How long to wait for a lock that somebody else holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Not at all.
    Never,
    /// Until it is free.
    Forever,
    /// So long for the whole call, whatever it has to wait for.
    AtMost(Duration),
}

/// What is left of the time that one call may take.
pub(crate) struct Patience<'a> {
    wait: Wait,
    deadline: Option<Instant>,
    alarm: OnceCell<Alarm>,
    on_wait: &'a dyn Fn(&Path),
    cancel: Option<&'a Cancel>,
}

impl<'a> Patience<'a> {
    pub(crate) fn new(wait: Wait, on_wait: &'a dyn Fn(&Path), cancel: Option<&'a Cancel>) -> Self {
        let deadline = match wait {
            Wait::AtMost(limit) => Instant::now().checked_add(limit),
            Wait::Never | Wait::Forever => None,
        };
        Self { wait, deadline, alarm: OnceCell::new(), on_wait, cancel }
    }

    /// Whether there is any waiting at all.
    pub(crate) fn may_wait(&self) -> bool {
        self.wait != Wait::Never
    }

    /// Says that this lock will have to be waited for; refused if there is no
    /// time for it.
    pub(crate) fn begin(&self, path: &Path) -> Result<(), GaveUp> {
        if self.wait == Wait::Never {
            return Err(GaveUp::Busy);
        }
        self.check_deadline()?;
        (self.on_wait)(path);
        Ok(())
    }

    /// What calls the waiting off, from any thread.
    pub(crate) fn bell(&self) -> io::Result<Bell> {
        self.alarm().map(Alarm::bell)
    }

    /// Whether the deadline is still to come; one who is not to wait has none.
    pub(crate) fn check_deadline(&self) -> Result<(), GaveUp> {
        match (self.wait, self.deadline) {
            (Wait::AtMost(limit), Some(deadline)) if Instant::now() >= deadline => {
                Err(GaveUp::TimedOut(limit))
            }
            _ => Ok(()),
        }
    }

    /// Repeats a blocking call until it is not interrupted, for as long as
    /// there is time and nobody calls it off.
    pub(crate) fn block(&self, call: impl FnMut() -> io::Result<()>) -> Result<(), GaveUp> {
        if self.deadline.is_none() && self.cancel.is_none() && self.alarm.get().is_none() {
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
            if self.cancel.is_some_and(Cancel::is_cancelled) {
                return Err(GaveUp::Cancelled);
            }
            self.check_deadline()?;
            match call() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                ended => return ended.map_err(GaveUp::Failed),
            }
        }
    }

    fn alarm(&self) -> io::Result<&Alarm> {
        if self.alarm.get().is_none() {
            let alarm = Alarm::set(self.deadline)?;
            if let Some(cancel) = self.cancel {
                cancel.remember(&alarm.bell());
            }
            let _ = self.alarm.set(alarm);
        }
        Ok(self.alarm.get().expect("it has just been set"))
    }
}

impl Drop for Patience<'_> {
    fn drop(&mut self) {
        if let (Some(cancel), Some(alarm)) = (self.cancel, self.alarm.get()) {
            cancel.forget(&alarm.bell());
        }
    }
}
