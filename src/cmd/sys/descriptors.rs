//! Which descriptors the command inherits: a lock lives as long as one of them is open.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};

use fasten::ForeignDescriptor;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::unistd::close;

/// Scripts use the single digits (`exec 3<file`), which would release the lock.
const FIRST: i32 = 10;

/// Makes a duplicate of each lock that stays open in the command.
pub(crate) fn let_inherit<'a>(locks: impl Iterator<Item = BorrowedFd<'a>>) -> io::Result<()> {
    for lock in locks {
        match fcntl(lock, FcntlArg::F_DUPFD(FIRST)) {
            Err(Errno::EINVAL) => fcntl(lock, FcntlArg::F_DUPFD(libc::STDERR_FILENO + 1))?,
            duplicate => duplicate?,
        };
    }
    Ok(())
}

/// Closes this descriptor, which fasten has inherited, in the command.
pub(crate) fn withhold(descriptor: RawFd) -> io::Result<()> {
    // SAFETY: setting a flag of a descriptor touches no memory; any other number is an error.
    match unsafe { libc::fcntl(descriptor, libc::F_SETFD, libc::FD_CLOEXEC) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Leaves each lock open in the command under the lowest number possible: its own, or one that has
/// become free since it was opened.
pub(crate) fn let_inherit_lowest<'a>(locks: impl Iterator<Item = BorrowedFd<'a>>) -> io::Result<()> {
    for lock in locks {
        match fcntl(lock, FcntlArg::F_DUPFD(libc::STDERR_FILENO + 1)) {
            Ok(lower) if lower < lock.as_raw_fd() => continue,
            Ok(higher) => close(higher)?,
            Err(_) => {}
        }
        fcntl(lock, FcntlArg::F_SETFD(FdFlag::empty()))?;
    }
    Ok(())
}

/// The descriptor of this number, which a shell or another parent has opened for the command.
pub(crate) fn inherited(number: RawFd) -> ForeignDescriptor {
    // SAFETY: nothing in this process owns a descriptor that was there when it began.
    unsafe { ForeignDescriptor::from_raw(number) }
}
