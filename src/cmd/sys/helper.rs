//! A question that may take too long, asked by a copy of this process: whoever wants the answer
//! need not wait for it.
//!
//! A thread would not do. A process that exits waits for the system calls of its threads, and some
//! cannot be ended, not even by a signal.

use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use super::child::Child;

/// So many descriptors are closed where the system cannot close all of them at once.
const FIRST_ONES: u32 = 1024;

/// The copy. It is killed when this is dropped; one that has not answered is left behind then.
#[derive(Debug)]
pub(crate) struct Helper {
    child: Option<Child>,
    answer: UnixStream,
    heard: Vec<u8>,
}

impl Helper {
    /// Has the question asked. The copy keeps nothing open of what this process has open: it may
    /// live longer.
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
            pid => Ok(Self { child: Some(Child::new(pid)), answer: ours, heard: Vec::new() }),
        }
    }

    /// The answer, if all of it has come; empty from one that has ended without a word.
    fn answer(&mut self) -> Option<String> {
        let ended = self.answer.read_to_end(&mut self.heard).is_ok();
        let line = self.heard.split(|byte| *byte == b'\n').next().unwrap_or_default();
        if !ended && line.len() == self.heard.len() {
            return None;
        }
        // All that is left for it to do is to exit.
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

/// The first answer to come until then that says anything; `None` if there is none by then, or all
/// have said nothing.
pub(crate) fn first_answer(helpers: &mut Vec<Helper>, until: Instant) -> Option<String> {
    while !helpers.is_empty() {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || !any_readable(helpers, left) {
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

/// Waits until one of them has said something, or is gone; `false` if none has in that time.
fn any_readable(helpers: &[Helper], patience: Duration) -> bool {
    let awaited =
        |helper: &Helper| libc::pollfd { fd: helper.answer.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    let mut all: Vec<libc::pollfd> = helpers.iter().map(awaited).collect();
    let milliseconds = i32::try_from(patience.as_micros().div_ceil(1000)).unwrap_or(i32::MAX);
    // SAFETY: the array is ours, and as long as said.
    let ready = unsafe { libc::poll(all.as_mut_ptr(), all.len() as libc::nfds_t, milliseconds) };
    ready > 0 || (ready < 0 && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted)
}

/// In a copy of the process, which has its own: what is open there stays so in the original.
fn close_all_but(kept: RawFd) {
    let kept = kept.cast_unsigned();
    #[cfg(target_os = "linux")]
    let closed = [(0, kept.saturating_sub(1)), (kept + 1, u32::MAX)].iter().all(|&(first, last)| {
        // SAFETY: nothing of the copy uses what is closed; it ends without giving it back.
        last < first || unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) } == 0
    });
    #[cfg(not(target_os = "linux"))]
    let closed = false;
    if !closed {
        for descriptor in (0..FIRST_ONES).filter(|&descriptor| descriptor != kept) {
            // SAFETY: as above.
            unsafe { libc::close(descriptor.cast_signed()) };
        }
    }
}
