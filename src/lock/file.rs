//! An open lock file, and how it is opened without changing anything.
//!
//! The lock file belongs to the user, who may run it, watch it, or keep data in it:
//!
//! - It is opened without `O_CREAT` first. With that flag, `fs.protected_regular` refuses other
//!   users' files in sticky directories, even to root.
//! - It is opened for reading unless it is an exclusive fcntl(2) lock: a file that is open for
//!   writing cannot be executed, and closing it wakes programs that watch it.
//! - `O_NONBLOCK` keeps the open from hanging on a FIFO, and `O_NOCTTY` from acquiring a terminal.
//!   Then `O_NONBLOCK` is cleared, because a command inherits the open file.
//!
//! The path may lead to another file later; callers ask `is_still_there` once they have locked.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use nix::fcntl::OFlag;

use super::error::Error;
use super::file_kind::FileKind;
use super::link_target::target_of;
use super::open_failure::{could_not_open, not_created, not_opened};
use crate::holders::Removed;
use crate::layout::gate_file;
use crate::mode::Family;
use crate::sys::fd::{duplicate, without_nonblock};
use crate::sys::file_id::{FileId, leads_to};

/// An open lock file.
#[derive(Debug)]
pub(crate) struct LockFile {
    pub(crate) path: PathBuf,
    pub(crate) file: File,
    pub(crate) id: FileId,
    /// Whether this library opened it; otherwise it is a duplicate of the caller's descriptor.
    pub(crate) is_ours: bool,
    pub(crate) family: Family,
    pub(super) gate_file: OnceLock<PathBuf>,
}

impl LockFile {
    pub(crate) fn new(path: PathBuf, file: File, id: FileId, is_ours: bool, family: Family) -> Self {
        Self { path, file, id, is_ours, family, gate_file: OnceLock::new() }
    }

    /// The path of its gate file, whether that exists or not; kept, for a wait asks repeatedly.
    pub(crate) fn gate_file(&self) -> &Path {
        self.gate_file.get_or_init(|| gate_file(self.id.device, self.id.inode))
    }

    /// Whether the path leads to this file now.
    pub(crate) fn is_still_there(&self) -> bool {
        leads_to(&self.path, self.id)
    }
}

/// Opens a lock file that exists.
///
/// # Errors
/// [`OpenError::Missing`] if it does not.
pub(crate) fn open_existing(path: &Path, family: Family, kind: FileKind) -> Result<LockFile, Error> {
    let file = open_readable(path, kind).and_then(above_standard);
    let lock = checked(path, file.map_err(|error| not_opened(path, error, kind))?, family, kind)?;
    if family == Family::Flock || is_executable(&lock) {
        return Ok(lock);
    }
    // The path may lead to another file by now: then that file is the lock.
    match open_as(path, Access::Both, kind).and_then(above_standard) {
        Err(error) if error.kind() == ErrorKind::NotFound => Err(not_opened(path, error, kind)),
        Err(_) => Ok(lock),
        Ok(file) => checked(path, file, family, kind),
    }
}

/// Creates the lock file with these permissions, less the umask, and opens it for writing too if
/// that is needed; `None` if another process has created it meanwhile.
pub(crate) fn create(
    path: &Path,
    permissions: u32,
    family: Family,
    kind: FileKind,
    to_write: bool,
) -> Result<Option<LockFile>, Error> {
    let follows = kind == FileKind::Any && path.is_symlink();
    let target = if follows { target_of(path)? } else { path.to_owned() };
    match create_new(&target, permissions, to_write).and_then(above_standard) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(None),
        Err(error) => Err(not_created(path, error)),
        Ok(file) => checked(path, file, family, kind).map(Some),
    }
}

/// The file of a descriptor that is open already. The lock belongs to the open file description,
/// and so to every process that has the descriptor.
pub(crate) fn opened(descriptor: RawFd, family: Family) -> Result<LockFile, Error> {
    let path = PathBuf::from(format!("/dev/fd/{descriptor}"));
    let file = duplicate(descriptor).map_err(|error| not_opened(&path, error, FileKind::Any))?;
    Ok(LockFile { is_ours: false, ..checked(&path, file, family, FileKind::Any)? })
}

/// A removed file that a process still has open. Messages call it `path`. `None` if it cannot be
/// opened, or if the descriptor leads to another file by now.
pub(crate) fn open_removed(path: &Path, removed: &Removed, family: Family) -> Option<LockFile> {
    let link = PathBuf::from(format!("/proc/{}/fd/{}", removed.pid, removed.descriptor));
    let lock = open_existing(&link, family, FileKind::Any).ok()?;
    let metadata = lock.file.metadata().ok()?;
    (metadata.nlink() == 0 && metadata.ino() == removed.inode)
        .then(|| LockFile { path: path.to_owned(), ..lock })
}

/// Opens the same file again for writing, which some file systems require for an exclusive lock;
/// for reading too, where that is allowed.
pub(crate) fn open_again_for_writing(lock: &LockFile) -> Reopened {
    let open = |access| open_as(&lock.path, access, FileKind::Any);
    let opened = open(Access::Both).or_else(|_| open(Access::Write));
    match opened.and_then(above_standard).and_then(|file| Ok((FileId::from(&file.metadata()?), file))) {
        Ok((id, file)) if id == lock.id => Reopened::Same(file),
        Err(error) if error.kind() != ErrorKind::NotFound => Reopened::NotAllowed,
        _ => Reopened::Moved,
    }
}

/// The result of opening a file again by its path.
#[derive(Debug)]
pub(crate) enum Reopened {
    Same(File),
    /// The path leads to another file by now, or to none.
    Moved,
    NotAllowed,
}

#[derive(Clone, Copy)]
pub(super) enum Access {
    Read,
    Write,
    Both,
}

fn open_readable(path: &Path, kind: FileKind) -> io::Result<File> {
    match open_as(path, Access::Read, kind) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            open_as(path, Access::Write, kind).map_err(|_| error)
        }
        opened => opened,
    }
}

pub(super) fn open_as(path: &Path, access: Access, kind: FileKind) -> io::Result<File> {
    let flags = (OFlag::O_NONBLOCK | OFlag::O_NOCTTY | kind.flag()).bits();
    let mut options = OpenOptions::new();
    match access {
        Access::Read => options.read(true),
        Access::Write => options.write(true),
        Access::Both => options.read(true).write(true),
    };
    options.custom_flags(flags).open(path).and_then(without_nonblock)
}

fn create_new(path: &Path, permissions: u32, to_write: bool) -> io::Result<File> {
    let flags = (OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NONBLOCK | OFlag::O_NOCTTY).bits();
    let mut options = OpenOptions::new();
    options.read(true).write(to_write);
    options.mode(permissions).custom_flags(flags).open(path).and_then(without_nonblock)
}

/// Moves the descriptor above 0, 1 and 2. If the process was started with one of them closed, the
/// lock file would become a standard stream.
///
/// # Errors
/// If the process has no descriptor left.
pub fn above_standard(file: File) -> io::Result<File> {
    if file.as_raw_fd() > libc::STDERR_FILENO { Ok(file) } else { file.try_clone() }
}

pub(super) fn checked(path: &Path, file: File, family: Family, kind: FileKind) -> Result<LockFile, Error> {
    let metadata = file.metadata().map_err(|error| not_opened(path, error, kind))?;
    match kind.refusal(&metadata) {
        Some(why) => Err(could_not_open(path, why)),
        None => Ok(LockFile::new(path.to_owned(), file, FileId::from(&metadata), true, family)),
    }
}

/// A file that can be executed must not be open for writing (`ETXTBSY`).
fn is_executable(lock: &LockFile) -> bool {
    lock.file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.mode() & 0o111 != 0)
}
