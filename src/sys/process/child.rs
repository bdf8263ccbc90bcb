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

/// A child of this process that nobody else reaps.
#[derive(Debug)]
pub(crate) struct Child {
    pid: libc::pid_t,
}

impl Child {
    pub(super) fn new(pid: libc::pid_t) -> Self {
        Self { pid }
    }

    /// Its end, if it has come; the pid is not its own any more then.
    pub(crate) fn has_ended(&mut self) -> io::Result<Option<End>> {
        let mut status = 0;
        // SAFETY: the place for the status is ours.
        match unsafe { libc::waitpid(self.pid, &raw mut status, libc::WNOHANG) } {
            -1 => Err(io::Error::last_os_error()),
            0 => Ok(None),
            _ if libc::WIFSIGNALED(status) => Ok(Some(End::Killed(libc::WTERMSIG(status)))),
            _ => Ok(Some(End::Exited(exit_code(status)))),
        }
    }

    /// Sends it a signal. It has not been reaped, so the pid is still its own.
    pub(crate) fn send(&self, signal: i32) {
        // SAFETY: kill has no preconditions.
        unsafe { libc::kill(self.pid, signal) };
    }

    /// Sends a signal to all of the group that it leads.
    pub(super) fn send_to_group(&self, signal: i32) {
        // SAFETY: kill has no preconditions.
        unsafe { libc::kill(-self.pid, signal) };
    }

    /// Waits for the end of a child, which tells nothing.
    pub(super) fn reap(self) {
        // SAFETY: nobody wants the status.
        unsafe { libc::waitpid(self.pid, std::ptr::null_mut(), 0) };
    }
}

/// The kernel keeps eight bits of an exit code.
fn exit_code(status: libc::c_int) -> u8 {
    u8::try_from(libc::WEXITSTATUS(status)).unwrap_or(u8::MAX)
}
