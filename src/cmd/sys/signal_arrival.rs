//! A descriptor that becomes readable when a signal has arrived: it ends a wait that must not be
//! left half done. The signal remains pending: [`Signals::arrived`] returns it, or the command
//! receives it.

use std::io;
use std::os::fd::OwnedFd;

use super::signals::Signals;

impl Signals {
    /// Readable when a signal has arrived that would have ended this process.
    #[cfg(all(target_os = "linux", not(fasten_portable)))]
    pub(crate) fn arrival(&self) -> io::Result<OwnedFd> {
        use std::os::fd::FromRawFd;

        let ending = self.ending();
        // SAFETY: the set is initialised.
        match unsafe { libc::signalfd(-1, &raw const ending, libc::SFD_CLOEXEC) } {
            -1 => Err(io::Error::last_os_error()),
            // SAFETY: it has just been made, so it is open and owned by nobody else.
            descriptor => Ok(unsafe { OwnedFd::from_raw_fd(descriptor) }),
        }
    }

    /// The same. Here no call reports a signal without taking it, so a thread looks for pending
    /// ones until the descriptor is closed.
    #[cfg(not(all(target_os = "linux", not(fasten_portable))))]
    pub(crate) fn arrival(&self) -> io::Result<OwnedFd> {
        const PAUSE: i32 = 20;

        let (reader, writer) = std::os::unix::net::UnixStream::pair()?;
        let ending = self.ending();
        fasten::helper_thread::spawn(move || {
            let mut asked = libc::pollfd { fd: writer.as_raw_fd(), events: 0, revents: 0 };
            // SAFETY: the one entry is ours.
            while unsafe { libc::poll(&raw mut asked, 1, PAUSE) } <= 0 && !any_pending(&ending) {}
        })?;
        Ok(reader.into())
    }
}

#[cfg(not(all(target_os = "linux", not(fasten_portable))))]
use std::os::fd::AsRawFd;

/// Whether one of these signals is pending.
#[cfg(not(all(target_os = "linux", not(fasten_portable))))]
fn any_pending(signals: &libc::sigset_t) -> bool {
    let mut pending = std::mem::MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: a zeroed set is a valid one, and sigpending fills it in.
    let pending = unsafe {
        libc::sigpending(pending.as_mut_ptr());
        pending.assume_init()
    };
    // SAFETY: both sets are initialised.
    let is_in = |set: &libc::sigset_t, signal| unsafe { libc::sigismember(set, signal) == 1 };
    (1..=64).any(|signal| is_in(&pending, signal) && is_in(signals, signal))
}
