//! Record locks: on bytes of a file, by fcntl(2).
//!
//! Most gates are classic POSIX ones. They belong to the process and the inode:
//! another process' are waited for, one's own are overwritten, and closing *any*
//! descriptor of the file drops them all. /proc/locks names the process of each
//! one, waiting or holding. The main lock of the fcntl family, and those gates that
//! must not be lost, belong to their open file description, as flock(2) locks do.

use std::io;
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;

use crate::layout::Bytes;
use crate::mode::Mode;

/// Whose a record lock is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordOwner {
    /// The process', on this file by whatever descriptor.
    Process,
    /// That of the open file description, and so of all who inherit it.
    Description,
}

/// Takes the bytes if nobody else has them; `false` if somebody has.
pub(crate) fn try_set(file: impl AsFd, owner: RecordOwner, bytes: Bytes, mode: Mode) -> io::Result<bool> {
    let wanted = request(bytes, kind(mode));
    match fcntl(file, owner.set(&wanted)) {
        Ok(_) => Ok(true),
        Err(Errno::EAGAIN | Errno::EACCES) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Takes the bytes, sleeping in the kernel until they are free or a signal
/// handler has run (`Interrupted`).
pub(crate) fn set(file: impl AsFd, owner: RecordOwner, bytes: Bytes, mode: Mode) -> io::Result<()> {
    let wanted = request(bytes, kind(mode));
    fcntl(
        file,
        match owner {
            RecordOwner::Process => FcntlArg::F_SETLKW(&wanted),
            RecordOwner::Description => FcntlArg::F_OFD_SETLKW(&wanted),
        },
    )?;
    Ok(())
}

/// Gives the bytes back.
pub(crate) fn clear(file: impl AsFd, owner: RecordOwner, bytes: Bytes) -> io::Result<()> {
    fcntl(file, owner.set(&request(bytes, libc::F_UNLCK)))?;
    Ok(())
}

/// Whether the process could have the bytes as things stand. Takes nothing.
pub(crate) fn is_free(file: impl AsFd, bytes: Bytes, mode: Mode) -> io::Result<bool> {
    let mut asked = request(bytes, kind(mode));
    fcntl(file, FcntlArg::F_GETLK(&mut asked))?;
    Ok(i32::from(asked.l_type) == libc::F_UNLCK)
}

impl RecordOwner {
    fn set(self, wanted: &libc::flock) -> FcntlArg<'_> {
        match self {
            Self::Process => FcntlArg::F_SETLK(wanted),
            Self::Description => FcntlArg::F_OFD_SETLK(wanted),
        }
    }
}

fn kind(mode: Mode) -> i32 {
    match mode {
        Mode::Shared => libc::F_RDLCK,
        Mode::Exclusive => libc::F_WRLCK,
    }
}

fn request(bytes: Bytes, kind: i32) -> libc::flock {
    libc::flock {
        l_type: kind as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: bytes.first,
        l_len: bytes.count,
        l_pid: 0,
    }
}
