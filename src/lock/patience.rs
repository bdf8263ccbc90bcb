//! How long to wait, and the sleep in the kernel that holds to it.

use std::cell::OnceCell;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::alarm::Alarm;

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
}

/// Why the waiting ended without what was waited for.
#[derive(Debug)]
pub(crate) enum GaveUp {
    Busy,
    TimedOut(Duration),
    Failed(io::Error),
}

impl GaveUp {
    /// NFS makes an fcntl lock of a flock, and an exclusive one of those needs a
    /// descriptor that is open for writing.
    pub(crate) fn is_for_want_of_writing(&self) -> bool {
        matches!(self, Self::Failed(error) if matches!(error.raw_os_error(), Some(libc::EBADF | libc::EIO)))
    }
}

impl<'a> Patience<'a> {
    pub(crate) fn new(wait: Wait, on_wait: &'a dyn Fn(&Path)) -> Self {
        let deadline = match wait {
            Wait::AtMost(limit) => Instant::now().checked_add(limit),
            Wait::Never | Wait::Forever => None,
        };
        Self { wait, deadline, alarm: OnceCell::new(), on_wait }
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
    /// there is time.
    pub(crate) fn block(&self, call: impl FnMut() -> io::Result<()>) -> Result<(), GaveUp> {
        match self.deadline {
            None => self.repeat(call),
            Some(deadline) => {
                let alarm = self.alarm(deadline).map_err(GaveUp::Failed)?;
                let waiting = alarm.rings_for_this_thread();
                let ended = self.repeat(call);
                drop(waiting);
                ended
            }
        }
    }

    fn repeat(&self, mut call: impl FnMut() -> io::Result<()>) -> Result<(), GaveUp> {
        loop {
            self.check_deadline()?;
            match call() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                ended => return ended.map_err(GaveUp::Failed),
            }
        }
    }

    fn alarm(&self, deadline: Instant) -> io::Result<&Alarm> {
        if self.alarm.get().is_none() {
            let _ = self.alarm.set(Alarm::set(deadline)?);
        }
        Ok(self.alarm.get().expect("it has just been set"))
    }
}
