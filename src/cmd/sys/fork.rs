//! Another process that runs code of ours, and the lines that the two exchange.
//!
//! For `fasten doctor`: locks are tried between processes, and what hangs on a
//! dead file system must be a process that can be left behind.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use nix::unistd::{Pid, dup2_stdin, dup2_stdout, setpgid};

use super::child::Child;

/// Patience is counted in these, not by a clock: time in which we are stopped
/// ourselves (Ctrl-Z, a sleeping machine) is nobody's fault.
const SLICE: Duration = Duration::from_millis(50);

/// One end of the line between two processes.
#[derive(Debug)]
pub(crate) struct Line {
    stream: UnixStream,
    heard: Vec<u8>,
}

/// What came over the line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Words(String),
    /// The other one is there and says nothing.
    Nothing,
    /// The other one is gone.
    End,
}

/// The other process, and our end of the line to it.
#[derive(Debug)]
pub(crate) struct Forked {
    child: Child,
    pub(crate) line: Line,
}

/// Starts a copy of this process, which does the job and ends. The process must
/// have one thread only.
pub(crate) fn fork(job: impl FnOnce(Line)) -> io::Result<Forked> {
    let (ours, theirs) = UnixStream::pair()?;
    // SAFETY: this process has one thread, so the child may do what it likes.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            drop(ours);
            job(Line::new(theirs));
            // SAFETY: it ends the child and runs nothing of ours.
            unsafe { libc::_exit(0) }
        }
        pid => Ok(Forked { child: Child::new(pid), line: Line::new(ours) }),
    }
}

/// Makes the calling process the first of a group of its own, for
/// [`Forked::abandon`].
pub(crate) fn lead_group() {
    let _ = setpgid(Pid::from_raw(0), Pid::from_raw(0));
}

impl Forked {
    /// Hangs up, and waits for its end.
    pub(crate) fn end(self) {
        drop(self.line);
        self.child.reap();
    }

    /// Kills it, and waits for its end.
    pub(crate) fn kill(self) {
        let _ = self.child.send(libc::SIGKILL);
        self.child.reap();
    }

    /// Kills it and all of the group that it leads. One whose system call cannot
    /// be ended is left behind after a second.
    pub(crate) fn abandon(mut self) {
        self.child.send_to_group(libc::SIGKILL);
        let _ = self.child.send(libc::SIGKILL);
        for _ in 0..200 {
            if !matches!(self.child.has_ended(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Line {
    fn new(stream: UnixStream) -> Self {
        Self { stream, heard: Vec::new() }
    }

    /// Says it; an error if nobody is there any more.
    pub(crate) fn say(&mut self, words: &str) -> io::Result<()> {
        self.stream.write_all(format!("{words}\n").as_bytes())
    }

    /// Waits so long for a line, or until it is no more to go on.
    pub(crate) fn hear(&mut self, patience: Duration, goes_on: impl Fn() -> bool) -> Heard {
        let mut left = patience.as_millis() / SLICE.as_millis();
        if self.stream.set_read_timeout(Some(SLICE)).is_err() {
            return Heard::End;
        }
        loop {
            if let Some(end) = self.heard.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.heard.drain(..=end).collect();
                return Heard::Words(String::from_utf8_lossy(&line[..end]).into_owned());
            }
            let mut piece = [0; 512];
            match self.stream.read(&mut piece) {
                Ok(0) => return Heard::End,
                Ok(count) => self.heard.extend(&piece[..count]),
                Err(error) if is_silence(&error) && left > 0 && goes_on() => left -= 1,
                Err(error) if is_silence(&error) => return Heard::Nothing,
                Err(_) => return Heard::End,
            }
        }
    }

    /// Makes the line the standard input and output of this process, for a
    /// program that it is about to become.
    pub(crate) fn become_standard(&self) -> io::Result<()> {
        dup2_stdin(&self.stream)?;
        Ok(dup2_stdout(&self.stream)?)
    }
}

fn is_silence(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted)
}
