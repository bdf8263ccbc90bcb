//! A copy of this process that asks a question which may take too long, so that this process need
//! not wait for the answer.
//!
//! A thread would not do. A process that exits waits for the system calls of its threads, and some
//! of these cannot be interrupted, not even by SIGKILL.

use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use super::child::Child;

/// How many descriptors are closed one by one if the system cannot close all at once.
const FIRST_ONES: RawFd = 1024;

/// The copy. It is killed when this is dropped, even if it has not answered.
#[derive(Debug)]
pub(crate) struct Helper {
    child: Option<Child>,
    answer: UnixStream,
    received: Vec<u8>,
}

impl Helper {
    /// Starts a copy that asks the question. It closes every descriptor of this process, because it
    /// may outlive this process.
    pub(crate) fn ask(question: impl FnOnce() -> String) -> io::Result<Self> {
        let (ours, mut theirs) = UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        // SAFETY: the child calls the allocator, which the C library makes usable after a fork, and
        // takes no lock that another thread of this process could hold.
        match unsafe { libc::fork() } {
            -1 => Err(io::Error::last_os_error()),
            0 => {
                close_all_but(theirs.as_raw_fd());
                let _ = theirs.write_all(format!("{}\n", question()).as_bytes());
                // SAFETY: it ends the child and runs nothing of ours.
                unsafe { libc::_exit(0) }
            }
            pid => Ok(Self { child: Some(Child::new(pid)), answer: ours, received: Vec::new() }),
        }
    }

    /// The answer, if all of it has come; empty if the copy has ended without one.
    fn answer(&mut self) -> Option<String> {
        let ended = self.answer.read_to_end(&mut self.received).is_ok();
        let line = self.received.split(|byte| *byte == b'\n').next().unwrap_or_default();
        if !ended && line.len() == self.received.len() {
            return None;
        }
        // Nothing is left for it to do but exit.
        self.child.take().into_iter().for_each(Child::reap);
        Some(String::from_utf8_lossy(line).into_owned())
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.send(libc::SIGKILL);
            let _ = child.has_ended();
        }
    }
}

/// The first answer that is not empty; `None` if there is none in time, or all are empty. Helpers
/// that have answered are removed.
pub(crate) fn first_answer(helpers: &mut Vec<Helper>, until: Instant) -> Option<String> {
    while !helpers.is_empty() {
        let left = until.saturating_duration_since(Instant::now());
        // An answer that is there counts, even if this process was late.
        if !any_readable(helpers, left) {
            return None;
        }
        let mut answer = None;
        helpers.retain_mut(|helper| match helper.answer() {
            Some(words) => {
                answer = answer.take().or((!words.is_empty()).then_some(words));
                false
            }
            None => true,
        });
        if answer.is_some() {
            return answer;
        }
    }
    None
}

/// Waits until one of them has sent something or is gone; `false` if that takes too long.
fn any_readable(helpers: &[Helper], patience: Duration) -> bool {
    let awaited =
        |helper: &Helper| libc::pollfd { fd: helper.answer.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    let mut all: Vec<libc::pollfd> = helpers.iter().map(awaited).collect();
    let milliseconds = i32::try_from(patience.as_micros().div_ceil(1000)).unwrap_or(i32::MAX);
    // SAFETY: the array is ours and has this length.
    let ready = unsafe { libc::poll(all.as_mut_ptr(), all.len() as libc::nfds_t, milliseconds) };
    ready > 0 || (ready < 0 && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted)
}

/// Called in the copy: the descriptors of the original stay open.
fn close_all_but(kept: RawFd) {
    #[cfg(target_os = "linux")]
    let closed = [(0, kept - 1), (kept + 1, RawFd::MAX)].iter().all(|&(first, last)| {
        // SAFETY: nothing of the copy uses what is closed; it ends without giving it back.
        last < first || unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) } == 0
    });
    #[cfg(not(target_os = "linux"))]
    let closed = false;
    if !closed {
        for descriptor in (0..FIRST_ONES).filter(|&descriptor| descriptor != kept) {
            // SAFETY: as above.
            unsafe { libc::close(descriptor) };
        }
    }
}
