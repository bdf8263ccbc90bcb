//! Classic POSIX record locks: the family that the gates are made of.
//!
//! They belong to the process and the inode: another process' are waited for,
//! one's own are overwritten, and closing *any* descriptor of the file drops
//! them all. /proc/locks names the process of each one, waiting or holding.

use std::io;
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;

use crate::lock::Mode;

/// Bytes of a file, named by the first one and their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bytes {
    pub(crate) first: i64,
    pub(crate) count: i64,
}

/// Takes the bytes if nobody else has them; `false` if somebody has.
pub(crate) fn try_set(file: impl AsFd, bytes: Bytes, mode: Mode) -> io::Result<bool> {
    match fcntl(file, FcntlArg::F_SETLK(&request(bytes, kind(mode)))) {
        Ok(_) => Ok(true),
        Err(Errno::EAGAIN | Errno::EACCES) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Takes the bytes, sleeping in the kernel until they are free or a signal
/// handler has run (`Interrupted`).
pub(crate) fn set(file: impl AsFd, bytes: Bytes, mode: Mode) -> io::Result<()> {
    fcntl(file, FcntlArg::F_SETLKW(&request(bytes, kind(mode))))?;
    Ok(())
}

/// Gives the bytes back.
pub(crate) fn clear(file: impl AsFd, bytes: Bytes) -> io::Result<()> {
    fcntl(file, FcntlArg::F_SETLK(&request(bytes, libc::F_UNLCK)))?;
    Ok(())
}

/// The first byte of a lock that keeps this process from taking the bytes,
/// if there is one. Takes nothing.
pub(crate) fn blocker(file: impl AsFd, bytes: Bytes, mode: Mode) -> io::Result<Option<i64>> {
    let mut asked = request(bytes, kind(mode));
    fcntl(file, FcntlArg::F_GETLK(&mut asked))?;
    let free = i32::from(asked.l_type) == libc::F_UNLCK;
    Ok((!free).then_some(asked.l_start))
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
