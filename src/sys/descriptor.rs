//! Descriptors that somebody else has opened, by their numbers.

use std::fs::File;
use std::io;
use std::os::fd::{FromRawFd, RawFd};

use nix::fcntl::{FcntlArg, OFlag, fcntl};

use super::reopen::reopen;

/// A duplicate of an open descriptor: another number for the same open file
/// description, and so for the same locks. Close-on-exec, and none of the three
/// standard ones.
pub(crate) fn duplicate(descriptor: RawFd) -> io::Result<File> {
    // SAFETY: fcntl does not touch our memory; a number that is no descriptor is
    // an error of its own.
    let duplicate = unsafe { libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, libc::STDERR_FILENO + 1) };
    if duplicate < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it has just been made, so it is open and nobody else's.
    Ok(unsafe { File::from_raw_fd(duplicate) })
}

/// Takes `O_NONBLOCK` away from a file that was opened with it, and with no other status flag. It
/// belongs to the open file description, so a command that inherits the lock would find it.
///
/// # Errors
/// As fcntl(2).
pub fn without_nonblock(file: File) -> io::Result<File> {
    fcntl(&file, FcntlArg::F_SETFL(OFlag::empty()))?;
    Ok(file)
}

/// Opens the same file once more: another open file description, with locks of its own. For what
/// the descriptor is open for, or for reading if that is not allowed.
pub(crate) fn open_again(file: &File) -> io::Result<File> {
    let access = OFlag::from_bits_truncate(fcntl(file, FcntlArg::F_GETFL)?) & OFlag::O_ACCMODE;
    let flags = OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    reopen(file, access | flags).or_else(|_| reopen(file, OFlag::O_RDONLY | flags))
}
