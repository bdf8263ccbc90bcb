//! Every kind of lock that a program may take on a file, tried from outside the
//! library: `fasten doctor` looks at what the file system makes of each.

use std::fs::File;
use std::io;

use fasten::Mode;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};

/// A kind of lock and, for those of fcntl(2), the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// flock(2): of the open file, the whole of it.
    Flock,
    /// fcntl(2): of the process.
    Record(Bytes),
    /// fcntl(2): of the open file (OFD).
    #[cfg(target_os = "linux")]
    Description(Bytes),
}

/// Bytes of a file, by the first one and their number; 0 for all to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bytes {
    pub(crate) first: libc::off_t,
    pub(crate) count: libc::off_t,
}

/// Takes the lock if nobody is in the way; `false` if somebody is.
pub(crate) fn try_lock(file: &File, kind: Kind, mode: Mode) -> io::Result<bool> {
    let tried = match (kind, mode) {
        (Kind::Flock, Mode::Shared) => fs2::FileExt::try_lock_shared(file),
        (Kind::Flock, Mode::Exclusive) => fs2::FileExt::try_lock_exclusive(file),
        (Kind::Record(bytes), _) => call(file, FcntlArg::F_SETLK(&request(bytes, Some(mode)))),
        #[cfg(target_os = "linux")]
        (Kind::Description(bytes), _) => call(file, FcntlArg::F_OFD_SETLK(&request(bytes, Some(mode)))),
    };
    match tried {
        Ok(()) => Ok(true),
        Err(error) if is_busy(&error, kind) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Takes the lock, sleeping in the kernel until nobody is in the way.
pub(crate) fn lock(file: &File, kind: Kind, mode: Mode) -> io::Result<()> {
    match (kind, mode) {
        (Kind::Flock, Mode::Shared) => fs2::FileExt::lock_shared(file),
        (Kind::Flock, Mode::Exclusive) => fs2::FileExt::lock_exclusive(file),
        (Kind::Record(bytes), _) => call(file, FcntlArg::F_SETLKW(&request(bytes, Some(mode)))),
        #[cfg(target_os = "linux")]
        (Kind::Description(bytes), _) => call(file, FcntlArg::F_OFD_SETLKW(&request(bytes, Some(mode)))),
    }
}

/// Gives the lock back.
pub(crate) fn unlock(file: &File, kind: Kind) -> io::Result<()> {
    match kind {
        Kind::Flock => fs2::FileExt::unlock(file),
        Kind::Record(bytes) => call(file, FcntlArg::F_SETLK(&request(bytes, None))),
        #[cfg(target_os = "linux")]
        Kind::Description(bytes) => call(file, FcntlArg::F_OFD_SETLK(&request(bytes, None))),
    }
}

fn call(file: &File, request: FcntlArg<'_>) -> io::Result<()> {
    fcntl(file, request)?;
    Ok(())
}

fn is_busy(error: &io::Error, kind: Kind) -> bool {
    let found = error.raw_os_error();
    found == fs2::lock_contended_error().raw_os_error()
        || (kind != Kind::Flock && found == Some(Errno::EACCES as i32))
}

/// No mode is for giving back.
fn request(bytes: Bytes, mode: Option<Mode>) -> libc::flock {
    // SAFETY: a flock is numbers only; all zero is a valid one on every system.
    let mut request: libc::flock = unsafe { std::mem::zeroed() };
    request.l_type = match mode {
        Some(Mode::Shared) => libc::F_RDLCK,
        Some(Mode::Exclusive) => libc::F_WRLCK,
        None => libc::F_UNLCK,
    } as libc::c_short;
    request.l_whence = libc::SEEK_SET as libc::c_short;
    request.l_start = bytes.first;
    request.l_len = bytes.count;
    request
}
