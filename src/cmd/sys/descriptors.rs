//! Letting the command inherit the locks, or keeping it from that.
//!
//! What a lock file is asked beyond opening it.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};
use nix::unistd::{AccessFlags, access, close};

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

/// Leaves each open in the command under the lowest number that it can have: its
/// own, or one that has become free since it was opened.
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

/// Takes `O_NONBLOCK` away from a file that was opened with it, and with no other status flag. It
/// belongs to the open file description, so the command would inherit it.
pub(crate) fn let_block(file: &File) -> io::Result<()> {
    fcntl(file, FcntlArg::F_SETFL(OFlag::empty()))?;
    Ok(())
}

/// Whether we may read and write the file: why not, if not.
pub(crate) fn may_read_and_write(path: &Path) -> io::Result<()> {
    Ok(access(path, AccessFlags::R_OK | AccessFlags::W_OK)?)
}

/// Whether opening this FIFO for reading, as has been done without blocking, would have waited for
/// a process that writes. A pipe that has no name never waits.
#[cfg(target_os = "linux")]
pub(crate) fn would_have_waited(fifo: &File) -> io::Result<bool> {
    use std::os::fd::AsRawFd;

    use nix::errno::Errno;
    use nix::sys::statfs::{FsType, fstatfs};

    const PIPEFS: FsType = FsType(0x5049_5045);
    if fstatfs(fifo)?.filesystem_type() == PIPEFS {
        return Ok(false);
    }
    // tee(2) copies without consuming: nothing at all from a FIFO that is empty and has no writer.
    let (_reader, writer) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
    // SAFETY: both descriptors are open, and no memory of ours is touched.
    let copied = unsafe { libc::tee(fifo.as_raw_fd(), writer.as_raw_fd(), 1, libc::SPLICE_F_NONBLOCK) };
    match Errno::result(copied) {
        Ok(copied) => Ok(copied == 0),
        Err(Errno::EAGAIN) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The same: not known here, so no FIFO can be a lock.
#[cfg(not(target_os = "linux"))]
pub(crate) fn would_have_waited(_fifo: &File) -> io::Result<bool> {
    Ok(true)
}
