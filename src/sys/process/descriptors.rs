//! Letting the command inherit the locks.

use std::io;
use std::os::fd::BorrowedFd;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};

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
