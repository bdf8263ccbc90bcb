//! Duplicates a descriptor, and opens its file a second time.
//!
//! A duplicate shares the open file description, and so the locks; a file that is opened again has
//! locks of its own.

use std::fs::File;
use std::io;
use std::os::fd::{FromRawFd, RawFd};

use nix::fcntl::{FcntlArg, OFlag, fcntl};

use super::reopen::reopen;

/// A descriptor that other code has opened and keeps open, by its number.
#[derive(Debug, Clone, Copy)]
pub struct ForeignDescriptor(RawFd);

impl ForeignDescriptor {
    /// The descriptor of this number. One that is not open is an error of each call.
    ///
    /// # Safety
    ///
    /// No value of this process owns the descriptor and relies on its lock: a lock on it may convert
    /// or release that.
    #[must_use]
    pub unsafe fn from_raw(number: RawFd) -> Self {
        Self(number)
    }

    pub(crate) fn number(self) -> RawFd {
        self.0
    }
}

/// Duplicates an open descriptor, which the caller names by its number: the same open file
/// description, and so the same locks. The duplicate is close-on-exec and above the standard
/// streams.
pub(crate) fn duplicate(descriptor: RawFd) -> io::Result<File> {
    // SAFETY: F_DUPFD_CLOEXEC takes integers only; a number that is not open is an error (EBADF).
    let duplicate = unsafe { libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, libc::STDERR_FILENO + 1) };
    if duplicate < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor is new, so it is open and no other value owns it.
    Ok(unsafe { File::from_raw_fd(duplicate) })
}

/// Clears `O_NONBLOCK` on a file that was opened with no other status flag. The flag belongs to the
/// open file description, so a command that inherits the lock would have it.
///
/// # Errors
/// As fcntl(2).
pub fn without_nonblock(file: File) -> io::Result<File> {
    fcntl(&file, FcntlArg::F_SETFL(OFlag::empty()))?;
    Ok(file)
}

/// Opens the same file a second time: another open file description, with locks of its own. It is
/// opened for the same access, or for reading if that is not allowed.
pub(crate) fn open_again(file: &File) -> io::Result<File> {
    let access = OFlag::from_bits_truncate(fcntl(file, FcntlArg::F_GETFL)?) & OFlag::O_ACCMODE;
    let flags = OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    reopen(file, access | flags).or_else(|_| reopen(file, OFlag::O_RDONLY | flags))
}
