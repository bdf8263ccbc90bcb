//! Record locks: fcntl(2) locks on bytes of a file.
//!
//! Most gates are classic POSIX locks, which belong to the process and the inode. They conflict
//! with the locks of other processes; a process overwrites its own; and it loses them all when it
//! closes *any* descriptor of the file. Their advantage is that /proc/locks names the process of
//! each one, whether it holds or waits. The main lock of the fcntl family, and the gates that must
//! not be lost, belong to the open file description (OFD locks), as flock(2) locks do.

use std::io;
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::libc;

use crate::layout::Bytes;
use crate::mode::Mode;
use crate::sys::wide::{Command, fcntl_lock};

/// What a record lock belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordOwner {
    /// The process, whichever descriptor of the file it uses.
    Process,
    /// The open file description, and so every process that inherits it.
    Description,
}

/// Locks the bytes if no other owner has locked them; whether it did.
pub(crate) fn try_set(file: impl AsFd, owner: RecordOwner, bytes: Bytes, mode: Mode) -> io::Result<bool> {
    match fcntl_lock(file, owner.set(), &mut request(bytes, kind(mode))) {
        Ok(()) => Ok(true),
        Err(Errno::EAGAIN | Errno::EACCES) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Locks the bytes, blocking in the kernel until they are free or a signal handler has run
/// (`Interrupted`).
pub(crate) fn set(file: impl AsFd, owner: RecordOwner, bytes: Bytes, mode: Mode) -> io::Result<()> {
    let command = match owner {
        RecordOwner::Process => Command::SetAndWait,
        RecordOwner::Description => Command::SetOpenFileAndWait,
    };
    Ok(fcntl_lock(file, command, &mut request(bytes, kind(mode)))?)
}

/// Unlocks the bytes.
pub(crate) fn clear(file: impl AsFd, owner: RecordOwner, bytes: Bytes) -> io::Result<()> {
    Ok(fcntl_lock(file, owner.set(), &mut request(bytes, libc::F_UNLCK))?)
}

/// Whether the process could lock the bytes now. Locks nothing.
pub(crate) fn is_free(file: impl AsFd, bytes: Bytes, mode: Mode) -> io::Result<bool> {
    Ok(conflict(file, bytes, mode)?.is_none())
}

/// The first byte of a lock because of which the process could not lock these bytes now, if there is
/// one. Locks nothing.
pub(crate) fn conflict(file: impl AsFd, bytes: Bytes, mode: Mode) -> io::Result<Option<i64>> {
    let mut asked = request(bytes, kind(mode));
    fcntl_lock(file, Command::Get, &mut asked)?;
    Ok((i32::from(asked.l_type) != libc::F_UNLCK).then_some(asked.l_start))
}

/// The other process that has locked these bytes exclusively; -1 for a lock of an open file
/// description, 0 for a process that has no number in this pid namespace. `None` if there is none.
pub(crate) fn exclusive_holder(file: impl AsFd, bytes: Bytes) -> io::Result<Option<i32>> {
    let mut asked = request(bytes, libc::F_WRLCK);
    fcntl_lock(file, Command::Get, &mut asked)?;
    Ok((i32::from(asked.l_type) == libc::F_WRLCK).then_some(asked.l_pid))
}

impl RecordOwner {
    fn set(self) -> Command {
        match self {
            Self::Process => Command::Set,
            Self::Description => Command::SetOpenFile,
        }
    }
}

fn kind(mode: Mode) -> i32 {
    match mode {
        Mode::Shared => libc::F_RDLCK,
        Mode::Exclusive => libc::F_WRLCK,
    }
}

fn request(bytes: Bytes, kind: i32) -> libc::flock64 {
    libc::flock64 {
        l_type: kind as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: bytes.first,
        l_len: bytes.count,
        l_pid: 0,
    }
}
