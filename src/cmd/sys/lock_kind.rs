//! The kernel's kinds of lock on a file, one system call each. `fasten doctor` tries with them how
//! the file system treats each kind, so nothing of the library is in between.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

use fasten::Mode;
#[cfg(target_os = "linux")]
use fasten::wide::{Command, fcntl_lock};
use nix::errno::Errno;
#[cfg(not(target_os = "linux"))]
use nix::fcntl::{FcntlArg, fcntl};

/// With 64-bit offsets, also on 32 bits.
#[cfg(target_os = "linux")]
type Request = libc::flock64;
#[cfg(not(target_os = "linux"))]
type Request = libc::flock;

/// What owns the lock, and which bytes it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LockKind {
    /// flock(2): owned by the open file; covers the whole file.
    Flock,
    /// fcntl(2): owned by the process; covers these bytes. A count of 0 extends to the end.
    Record { first: i64, count: i64 },
    /// fcntl(2): owned by the open file (OFD); covers the whole file.
    #[cfg(target_os = "linux")]
    OpenFile,
}

impl LockKind {
    /// Takes the lock; `false` if another holder is in the way.
    pub(crate) fn try_lock(self, file: &File, mode: Mode) -> io::Result<bool> {
        match self.call(file, Some(mode), false) {
            Ok(()) => Ok(true),
            Err(Errno::EWOULDBLOCK) => Ok(false),
            Err(Errno::EACCES) if self != Self::Flock => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes the lock, blocking in the kernel while another holder is in the way.
    pub(crate) fn lock(self, file: &File, mode: Mode) -> io::Result<()> {
        Ok(self.call(file, Some(mode), true)?)
    }

    /// Releases the lock.
    pub(crate) fn unlock(self, file: &File) -> io::Result<()> {
        Ok(self.call(file, None, false)?)
    }

    /// One system call; without a mode, the lock is released.
    fn call(self, file: &File, mode: Option<Mode>, waits: bool) -> nix::Result<()> {
        let (operation, record) = match mode {
            Some(Mode::Shared) => (libc::LOCK_SH, libc::F_RDLCK),
            Some(Mode::Exclusive) => (libc::LOCK_EX, libc::F_WRLCK),
            None => (libc::LOCK_UN, libc::F_UNLCK),
        };
        let (first, count) = match self {
            Self::Flock => {
                let operation = if waits { operation } else { operation | libc::LOCK_NB };
                // SAFETY: the file is open.
                return Errno::result(unsafe { libc::flock(file.as_raw_fd(), operation) }).map(drop);
            }
            Self::Record { first, count } => (first, count),
            #[cfg(target_os = "linux")]
            Self::OpenFile => (0, 0),
        };
        // SAFETY: it has only numbers; all zero is valid on every system, and means all bytes.
        let mut request: Request = unsafe { std::mem::zeroed() };
        request.l_type = record as libc::c_short;
        request.l_whence = libc::SEEK_SET as libc::c_short;
        (request.l_start, request.l_len) = (first, count);
        self.fcntl(file, &mut request, waits)
    }

    #[cfg(target_os = "linux")]
    fn fcntl(self, file: &File, request: &mut Request, waits: bool) -> nix::Result<()> {
        let command = match (self, waits) {
            (Self::OpenFile, true) => Command::SetOpenFileAndWait,
            (Self::OpenFile, false) => Command::SetOpenFile,
            (_, true) => Command::SetAndWait,
            (_, false) => Command::Set,
        };
        fcntl_lock(file, command, request)
    }

    #[cfg(not(target_os = "linux"))]
    fn fcntl(self, file: &File, request: &mut Request, waits: bool) -> nix::Result<()> {
        fcntl(file, if waits { FcntlArg::F_SETLKW(request) } else { FcntlArg::F_SETLK(request) }).map(drop)
    }
}
