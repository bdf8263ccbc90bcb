//! Letting the command inherit the locks, or keeping it from that.

use std::io;
use std::os::fd::{BorrowedFd, RawFd};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};

/// Scripts use the single digits (`exec 3<file`) and would free the lock.
const FIRST: i32 = 10;

/// Makes a duplicate of each that stays open in the command.
pub(crate) fn let_inherit<'a>(locks: impl Iterator<Item = BorrowedFd<'a>>) -> io::Result<()> {
    for lock in locks {
        match fcntl(lock, FcntlArg::F_DUPFD(FIRST)) {
            Err(Errno::EINVAL) => fcntl(lock, FcntlArg::F_DUPFD(libc::STDERR_FILENO + 1))?,
            duplicate => duplicate?,
        };
    }
    Ok(())
}

/// The command does not inherit this descriptor, which we have inherited.
pub(crate) fn withhold(descriptor: RawFd) -> io::Result<()> {
    // SAFETY: setting a flag of a descriptor touches no memory; a number that is
    // no descriptor is an error of its own.
    match unsafe { libc::fcntl(descriptor, libc::F_SETFD, libc::FD_CLOEXEC) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Leaves them themselves open in the command, under the numbers that they have.
pub(crate) fn let_inherit_as_they_are<'a>(locks: impl Iterator<Item = BorrowedFd<'a>>) -> io::Result<()> {
    for lock in locks {
        fcntl(lock, FcntlArg::F_SETFD(FdFlag::empty()))?;
    }
    Ok(())
}
