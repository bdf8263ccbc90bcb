//! A second process that runs our code, and the channel to it.
//!
//! `fasten doctor` tries locks between processes; and only a process can be abandoned when it hangs
//! on a dead file system.

use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork, setpgid};

/// Silence is counted in slices and not by a clock, because the time while this process is stopped
/// (Ctrl-Z, a sleeping machine) does not count.
const SLICE: Duration = Duration::from_millis(50);

/// The second process, and our end of the channel to it.
#[derive(Debug)]
pub(crate) struct Forked {
    pid: Pid,
    pub(crate) channel: Channel,
}

impl Forked {
    /// Starts a copy of this process, which does the job and ends. This process must have only one
    /// thread.
    pub(crate) fn start(job: impl FnOnce(Channel)) -> io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        // SAFETY: this process has one thread, so the child may call anything.
        match unsafe { fork() }? {
            ForkResult::Parent { child } => Ok(Self { pid: child, channel: Channel(BufReader::new(ours)) }),
            ForkResult::Child => {
                drop(ours);
                job(Channel(BufReader::new(theirs)));
                // SAFETY: it ends the child and runs nothing of ours.
                unsafe { libc::_exit(0) }
            }
        }
    }

    /// Kills it, and waits for its end.
    pub(crate) fn kill(self) {
        let _ = kill(self.pid, Signal::SIGKILL);
        let _ = waitpid(self.pid, None);
    }

    /// Kills it and the group that it leads, and waits for its end, but at most a second: some
    /// system calls cannot be interrupted.
    pub(crate) fn abandon(self) {
        let _ = killpg(self.pid, Signal::SIGKILL);
        let _ = kill(self.pid, Signal::SIGKILL);
        for _ in 0..200 {
            if waitpid(self.pid, Some(WaitPidFlag::WNOHANG)) != Ok(WaitStatus::StillAlive) {
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Makes the calling process the leader of a new group, for [`Forked::abandon`].
pub(crate) fn lead_group() {
    let _ = setpgid(Pid::from_raw(0), Pid::from_raw(0));
}

/// One end of the channel between two processes.
#[derive(Debug)]
pub(crate) struct Channel(BufReader<UnixStream>);

impl Channel {
    /// Sends a line; an error if the other process is gone.
    pub(crate) fn send(&mut self, line: &str) -> io::Result<()> {
        self.0.get_mut().write_all(format!("{line}\n").as_bytes())
    }

    /// The next line; an error if the other process is gone.
    pub(crate) fn line(&mut self) -> io::Result<String> {
        self.receive(Duration::MAX, || false)
    }

    /// The next line. The error is `TimedOut` if none comes in that time, `Interrupted` if waiting
    /// is over for another reason, and `BrokenPipe` if the other process is gone.
    pub(crate) fn receive(&mut self, patience: Duration, is_over: impl Fn() -> bool) -> io::Result<String> {
        // Not set from the start, because a program that inherits this end must not find it set.
        self.0.get_ref().set_read_timeout(Some(SLICE))?;
        let mut line = String::new();
        let mut silence = Duration::ZERO;
        loop {
            match self.0.read_line(&mut line) {
                Ok(_) if line.pop() == Some('\n') => return Ok(line),
                Err(error) if error.kind() == ErrorKind::WouldBlock => silence += SLICE,
                _ => return Err(ErrorKind::BrokenPipe.into()),
            }
            if is_over() {
                return Err(ErrorKind::Interrupted.into());
            }
            if silence >= patience {
                return Err(ErrorKind::TimedOut.into());
            }
        }
    }
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.get_ref().as_fd()
    }
}
