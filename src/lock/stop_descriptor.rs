//! A descriptor that ends a wait once it can be read: the signals of a command that must not be ended
//! half way, say.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// A descriptor that ends the wait, and a pipe that wakes the thread which sleeps at it.
#[derive(Debug)]
pub(super) struct StopDescriptor {
    descriptor: OwnedFd,
    woken: PipeReader,
    wakes: PipeWriter,
}

impl StopDescriptor {
    /// For what `open` gives, if it gives something; the pipe comes first, for it may fail.
    pub(super) fn new(open: impl FnOnce() -> Option<OwnedFd>) -> io::Result<Option<Self>> {
        let (woken, wakes) = io::pipe()?;
        Ok(open().map(|descriptor| Self { descriptor, woken, wakes }))
    }

    /// Wakes the thread that sleeps at it.
    pub(super) fn wake(&self) {
        let _ = (&self.wakes).write(&[0]);
    }

    /// Sleeps until the descriptor can be read, the time is up, or something has changed.
    pub(super) fn comes_within(&self, time: Duration) -> bool {
        let asked = |descriptor| PollFd::new(descriptor, PollFlags::POLLIN);
        let mut asked = [asked(self.descriptor.as_fd()), asked(self.woken.as_fd())];
        let milliseconds = time.as_nanos().div_ceil(1_000_000);
        let _ = poll(&mut asked, PollTimeout::try_from(milliseconds).unwrap_or(PollTimeout::MAX));
        if asked[1].any() == Some(true) {
            let _ = (&self.woken).read(&mut [0; 64]);
        }
        asked[0].any() == Some(true)
    }
}
