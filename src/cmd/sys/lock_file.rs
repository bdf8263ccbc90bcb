//! What a lock file is asked beyond opening it.

use std::fs::File;
use std::io;
use std::path::Path;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::{AccessFlags, access};

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
