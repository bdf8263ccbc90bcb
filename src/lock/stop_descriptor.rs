//! A descriptor that ends a wait when it becomes readable. The command uses it for signals that
//! must not end it halfway.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// The descriptor, and a pair of sockets that wakes the helper thread while it polls.
#[derive(Debug)]
pub(super) struct StopDescriptor {
    descriptor: OwnedFd,
    woken: UnixStream,
    wakes: UnixStream,
}

impl StopDescriptor {
    /// For the descriptor that `open` returns, if it returns one. The pair is made first: if that
    /// fails, `open` has not been called. A write does not block: if the socket is full, the next
    /// poll returns at once anyway.
    pub(super) fn new(open: impl FnOnce() -> Option<OwnedFd>) -> io::Result<Option<Self>> {
        let (woken, wakes) = UnixStream::pair()?;
        wakes.set_nonblocking(true)?;
        Ok(open().map(|descriptor| Self { descriptor, woken, wakes }))
    }

    /// Wakes the thread that polls, or lets its next poll return at once.
    pub(super) fn wake(&self) {
        let _ = (&self.wakes).write(&[0]);
    }

    /// Polls until the descriptor is readable, the time has passed, or [`wake`](Self::wake) is
    /// called; whether it is readable.
    pub(super) fn is_readable_within(&self, time: Duration) -> bool {
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
