//! fcntl(2) locks and stat(2) with 64-bit offsets and inode numbers, also on 32 bits.
//!
//! With glibc on 32 bits, `libc::flock` and `libc::stat` have 32-bit fields: a gate beyond 2 GiB
//! could not be locked, and a file with a large inode number could not be examined. The types with
//! 64 in their names are wide everywhere, and musl has no others.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use nix::errno::Errno;
use nix::libc;

use crate::sys::file_id::FileId;

/// The fcntl(2) commands on locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Finds a lock of another owner that is in the way.
    Get,
    /// Locks or unlocks, for the process.
    Set,
    /// The same, and blocks until it can lock.
    SetAndWait,
    /// Locks or unlocks, for the open file description.
    SetOpenFile,
    /// The same, and blocks until it can lock.
    SetOpenFileAndWait,
}

/// Makes the system call.
///
/// # Errors
/// Those of fcntl(2).
pub fn fcntl_lock(file: impl AsFd, command: Command, lock: &mut libc::flock64) -> nix::Result<()> {
    let (file, command) = (file.as_fd().as_raw_fd(), command.number());
    let lock: *mut libc::flock64 = lock;
    // SAFETY: the descriptor is open, and the kernel reads and writes one flock64, which lives.
    #[cfg(all(target_env = "gnu", any(target_arch = "x86", target_arch = "arm")))]
    let done = unsafe { libc::syscall(libc::SYS_fcntl64, file, command, lock) };
    // SAFETY: as above; here flock and flock64 are the same.
    #[cfg(not(all(target_env = "gnu", any(target_arch = "x86", target_arch = "arm"))))]
    let done = unsafe { libc::fcntl(file, command, lock) };
    Errno::result(done).map(drop)
}

/// `F_GETLK64`, `F_SETLK64` and `F_SETLKW64` of `<asm-generic/fcntl.h>`.
#[cfg(all(target_env = "gnu", any(target_arch = "x86", target_arch = "arm")))]
const OF_THE_PROCESS: [libc::c_int; 3] = [12, 13, 14];
#[cfg(not(all(target_env = "gnu", any(target_arch = "x86", target_arch = "arm"))))]
const OF_THE_PROCESS: [libc::c_int; 3] = [libc::F_GETLK, libc::F_SETLK, libc::F_SETLKW];

impl Command {
    const fn number(self) -> libc::c_int {
        match self {
            Self::Get => OF_THE_PROCESS[0],
            Self::Set => OF_THE_PROCESS[1],
            Self::SetAndWait => OF_THE_PROCESS[2],
            Self::SetOpenFile => libc::F_OFD_SETLK,
            Self::SetOpenFileAndWait => libc::F_OFD_SETLKW,
        }
    }
}

/// The file that an open descriptor refers to.
///
/// # Errors
/// Those of fstat(2).
pub(crate) fn file_of(descriptor: BorrowedFd) -> io::Result<FileId> {
    let mut stat = MaybeUninit::<libc::stat64>::uninit();
    // SAFETY: the descriptor is open, and the kernel writes one stat64.
    let done = unsafe { libc::fstat64(descriptor.as_raw_fd(), stat.as_mut_ptr()) };
    Errno::result(done)?;
    // SAFETY: the call succeeded, so it is written.
    let stat = unsafe { stat.assume_init() };
    Ok(FileId { device: stat.st_dev, inode: stat.st_ino })
}
