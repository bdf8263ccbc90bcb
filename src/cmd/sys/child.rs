//! The process that runs the command, until it has been reaped.

use std::io;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It exited with this code.
    Exited(u8),
    /// This signal killed it.
    Killed(i32),
}

/// The result of starting a command.
#[derive(Debug)]
pub(crate) enum Started {
    Running(Child),
    /// This signal came first: the command was never started.
    #[cfg_attr(
        any(fasten_portable, not(target_os = "linux")),
        allow(dead_code, reason = "not noticed on the portable side")
    )]
    Cancelled(i32),
}

/// A child of this process that only this process reaps.
#[derive(Debug)]
pub(crate) struct Child {
    pid: libc::pid_t,
}

impl Child {
    pub(super) fn new(pid: libc::pid_t) -> Self {
        Self { pid }
    }

    /// How it ended, if it has; then the pid may be another process's.
    pub(crate) fn has_ended(&mut self) -> io::Result<Option<End>> {
        let mut status = 0;
        // SAFETY: the status is a variable of ours.
        match unsafe { libc::waitpid(self.pid, &raw mut status, libc::WNOHANG) } {
            -1 => Err(io::Error::last_os_error()),
            0 => Ok(None),
            _ => Ok(Some(end(status))),
        }
    }

    /// How it ended, if it has. Every other child that has ended is reaped too: process 1 of a
    /// container adopts processes that have lost their parents.
    pub(crate) fn has_ended_among_others(&mut self) -> io::Result<Option<End>> {
        let mut status = 0;
        loop {
            // SAFETY: the status is a variable of ours.
            match unsafe { libc::waitpid(-1, &raw mut status, libc::WNOHANG) } {
                -1 => return Err(io::Error::last_os_error()),
                0 => return Ok(None),
                pid if pid == self.pid => return Ok(Some(end(status))),
                _ => {}
            }
        }
    }

    pub(crate) fn pid(&self) -> libc::pid_t {
        self.pid
    }

    /// Sends it a signal. It has not been reaped, so the pid is still its own.
    pub(crate) fn send(&self, signal: i32) -> io::Result<()> {
        // SAFETY: kill has no preconditions.
        match unsafe { libc::kill(self.pid, signal) } {
            -1 => Err(io::Error::last_os_error()),
            _ => Ok(()),
        }
    }

    /// Waits until it has ended. How it ended does not matter.
    pub(super) fn reap(self) {
        // SAFETY: a null pointer asks for no status.
        unsafe { libc::waitpid(self.pid, std::ptr::null_mut(), 0) };
    }
}

fn end(status: libc::c_int) -> End {
    if libc::WIFSIGNALED(status) {
        return End::Killed(libc::WTERMSIG(status));
    }
    End::Exited(exit_code(status))
}

/// The kernel keeps eight bits of an exit code.
fn exit_code(status: libc::c_int) -> u8 {
    u8::try_from(libc::WEXITSTATUS(status)).unwrap_or(u8::MAX)
}
