//! Signals that arrive while something must not be left half done: they are kept, and the thread
//! that waits is told of the first.

use std::io;

use super::helper_thread;
use super::signals::Signals;

/// Watches until it is dropped. The signal stays where it is: [`Signals::arrived`] tells which it
/// was, or the command gets it.
#[derive(Debug)]
pub(crate) struct Watch {
    /// Wakes the watching thread by being closed.
    _end: io::PipeWriter,
}

impl Watch {
    /// Calls this, in another thread, when a signal arrives that would have ended this process.
    pub(crate) fn over(signals: &Signals, on_signal: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let (ended, end) = io::pipe()?;
        let arrives = arrival::of(signals.ending())?;
        helper_thread::spawn(move || {
            if arrives.comes_before(&ended) {
                on_signal();
            }
        })?;
        Ok(Self { _end: end })
    }
}

#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod arrival {
    //! A descriptor says that a signal has arrived, and takes nothing.

    use std::io::{self, PipeReader};
    use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

    pub(super) struct Arrival(OwnedFd);

    pub(super) fn of(signals: libc::sigset_t) -> io::Result<Arrival> {
        // SAFETY: the set is initialised.
        match unsafe { libc::signalfd(-1, &raw const signals, libc::SFD_CLOEXEC) } {
            -1 => Err(io::Error::last_os_error()),
            // SAFETY: it has just been made, so it is open and nobody else's.
            descriptor => Ok(Arrival(unsafe { OwnedFd::from_raw_fd(descriptor) })),
        }
    }

    impl Arrival {
        /// Sleeps until one arrives, or the other end of the pipe is closed.
        pub(super) fn comes_before(&self, ended: &PipeReader) -> bool {
            let asked = |fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
            let mut asked = [asked(self.0.as_raw_fd()), asked(ended.as_raw_fd())];
            // SAFETY: the entries are ours, and two.
            while unsafe { libc::poll(asked.as_mut_ptr(), 2, -1) } == -1 {}
            asked[1].revents == 0
        }
    }
}

#[cfg(not(all(target_os = "linux", not(fasten_portable))))]
mod arrival {
    //! There is nothing here that tells of a signal and does not take it, so it is looked for.

    use std::io::{self, PipeReader};
    use std::mem::MaybeUninit;
    use std::os::fd::AsRawFd;

    const LOOKS_EVERY: i32 = 20;

    pub(super) struct Arrival(libc::sigset_t);

    #[allow(clippy::unnecessary_wraps, reason = "the Linux side may fail")]
    pub(super) fn of(signals: libc::sigset_t) -> io::Result<Arrival> {
        Ok(Arrival(signals))
    }

    impl Arrival {
        /// Looks until one arrives, or the other end of the pipe is closed.
        pub(super) fn comes_before(&self, ended: &PipeReader) -> bool {
            let mut asked = libc::pollfd { fd: ended.as_raw_fd(), events: libc::POLLIN, revents: 0 };
            // SAFETY: the one entry is ours.
            while unsafe { libc::poll(&raw mut asked, 1, LOOKS_EVERY) } <= 0 {
                let mut pending = MaybeUninit::<libc::sigset_t>::zeroed();
                // SAFETY: a zeroed set is a valid one, and sigpending fills it in.
                let pending = unsafe {
                    libc::sigpending(pending.as_mut_ptr());
                    pending.assume_init()
                };
                // SAFETY: both sets are initialised.
                let is_in = |set: &libc::sigset_t, signal| unsafe { libc::sigismember(set, signal) == 1 };
                if (1..=64).any(|signal| is_in(&pending, signal) && is_in(&self.0, signal)) {
                    return true;
                }
            }
            false
        }
    }
}
