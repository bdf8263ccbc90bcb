//! Opening a lock file as flock(1) does: anything that can be open can be locked, and it is open
//! for just what the lock needs.
//!
//! Unlike the original, opening never waits: not for the other end of a FIFO, and not for a modem.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use fasten::{Error, OpenError, above_standard, target_of, without_nonblock};
use nix::unistd::{AccessFlags, access};

/// Opens the file for writing or for reading; creates it if it is missing, but not through another
/// user's symbolic link.
///
/// # Errors
/// `ENXIO` for a FIFO for which the original would wait.
pub(crate) fn open_or_create(path: &Path, writes: bool) -> Result<File, Error> {
    loop {
        // With `O_CREAT`, `fs.protected_regular` refuses what could be opened.
        let opened = open(path, writes, 0).or_else(|error| match error.kind() {
            ErrorKind::IsADirectory => open(path, false, 0),
            _ => Err(error),
        });
        match opened {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            opened => return ready(opened, path, writes),
        }
        match open(&target_of(path)?, writes, libc::O_CREAT | libc::O_EXCL) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            created => return ready(created, path, writes),
        }
    }
}

fn open(path: &Path, writes: bool, more: i32) -> io::Result<File> {
    let flags = libc::O_NOCTTY | libc::O_NONBLOCK | more;
    OpenOptions::new().read(!writes).write(writes).mode(0o666).custom_flags(flags).open(path)
}

/// The file as the command inherits it: blocking, and in the place of no standard stream.
fn ready(opened: io::Result<File>, path: &Path, writes: bool) -> Result<File, Error> {
    let ready = opened.and_then(above_standard).and_then(|file| {
        if !writes && file.metadata()?.file_type().is_fifo() && would_have_waited(&file)? {
            return Err(io::Error::from_raw_os_error(libc::ENXIO));
        }
        without_nonblock(file)
    });
    let refused = |error| Error::could_not_open(path, OpenError::NotOpened(error));
    ready.map_err(refused)
}

/// Whether the process may read and write the file: why not, if not.
pub(crate) fn may_read_and_write(path: &Path) -> io::Result<()> {
    Ok(access(path, AccessFlags::R_OK | AccessFlags::W_OK)?)
}

/// Whether opening this FIFO for reading, as has been done without blocking, would have waited for
/// a process that writes. A pipe that has no name never waits.
#[cfg(target_os = "linux")]
fn would_have_waited(fifo: &File) -> io::Result<bool> {
    use std::os::fd::AsRawFd;

    use nix::errno::Errno;
    use nix::fcntl::OFlag;
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
fn would_have_waited(_fifo: &File) -> io::Result<bool> {
    Ok(true)
}
