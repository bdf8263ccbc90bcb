//! Opening a lock file without changing anything that is there.
//!
//! First without `O_CREAT`: with it, `fs.protected_regular` refuses other
//! people's files in sticky directories, even to root. Read-only where that
//! suffices: a file that is open for writing cannot be executed. `O_NONBLOCK`
//! keeps a FIFO from hanging us, `O_NOCTTY` a terminal from becoming ours.

use std::cell::OnceCell;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;

use super::error::{Error, Unopenable};
use super::file::{FileId, LockFile, is_executable};
use super::mode::Family;
use crate::sys::descriptor::{duplicate, is_write_only};

/// Opens the lock file; if it is missing it is created with these permissions,
/// less the umask, unless there are none.
pub(crate) fn open(path: &Path, create: Option<u32>, family: Family) -> Result<LockFile, Error> {
    let file = match (open_existing(path), create) {
        (Err(error), Some(permissions)) if error.kind() == ErrorKind::NotFound => {
            create_missing(path, permissions)?
        }
        (Err(error), None) if error.kind() == ErrorKind::NotFound => {
            return Err(could_not_open(path, Unopenable::Missing));
        }
        (opened, _) => opened.map_err(|error| not_opened(path, error))?,
    };
    let file = above_standard(file).map_err(|error| not_opened(path, error))?;
    checked(path, file, family)
}

/// The file behind a descriptor that is open already. The lock is that of its
/// open file description, whatever process has it.
pub(crate) fn opened(descriptor: RawFd, family: Family) -> Result<LockFile, Error> {
    let path = PathBuf::from(format!("/dev/fd/{descriptor}"));
    let file = duplicate(descriptor).map_err(|error| not_opened(&path, error))?;
    let lock = checked(&path, file, family)?;
    let readable = is_write_only(&lock.file).then(|| open_again(&lock, Access::Read)).flatten();
    Ok(LockFile { is_ours: false, readable, ..lock })
}

/// Opens the same file for writing, as a second descriptor; `None` where that
/// is not allowed, or where the path has come to lead elsewhere.
pub(crate) fn open_again_for_writing(lock: &LockFile) -> Option<File> {
    open_again(lock, Access::Write)
}

/// The same, for a main lock that may have to be shared again: for reading too where that is allowed.
pub(crate) fn open_again_for_both(lock: &LockFile) -> Option<File> {
    open_again(lock, Access::Both).or_else(|| open_again(lock, Access::Write))
}

fn open_again(lock: &LockFile, access: Access) -> Option<File> {
    let file = above_standard(open_as(&lock.path, access).ok()?).ok()?;
    (FileId::from(&file.metadata().ok()?) == lock.id).then_some(file)
}

#[derive(Clone, Copy)]
enum Access {
    Read,
    Write,
    Both,
}

fn open_existing(path: &Path) -> io::Result<File> {
    match open_as(path, Access::Read) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            open_as(path, Access::Write).map_err(|_| error)
        }
        opened => opened,
    }
}

fn open_as(path: &Path, access: Access) -> io::Result<File> {
    let flags = (OFlag::O_NONBLOCK | OFlag::O_NOCTTY).bits();
    let mut options = OpenOptions::new();
    match access {
        Access::Read => options.read(true),
        Access::Write => options.write(true),
        Access::Both => options.read(true).write(true),
    };
    options.custom_flags(flags).open(path)
}

/// Creates the file, or opens the one that somebody else has just created.
fn create_missing(path: &Path, permissions: u32) -> Result<File, Error> {
    loop {
        match create_new(path, permissions, OFlag::O_CREAT | OFlag::O_EXCL) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            created => return created.map_err(|error| not_created(path, error)),
        }
        match open_existing(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            opened => return opened.map_err(|error| not_opened(path, error)),
        }
        if path.is_symlink() {
            return create_new(path, permissions, OFlag::O_CREAT).map_err(|error| not_created(path, error));
        }
    }
}

fn create_new(path: &Path, permissions: u32, how: OFlag) -> io::Result<File> {
    let flags = how | OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
    OpenOptions::new().read(true).mode(permissions).custom_flags(flags.bits()).open(path)
}

/// Keeps the descriptor off 0, 1 and 2: started with one of them closed, we
/// would take the lock file for our standard error.
fn above_standard(file: File) -> io::Result<File> {
    if file.as_raw_fd() > libc::STDERR_FILENO { Ok(file) } else { file.try_clone() }
}

fn checked(path: &Path, file: File, family: Family) -> Result<LockFile, Error> {
    let metadata = file.metadata().map_err(|error| not_opened(path, error))?;
    let kind = metadata.file_type();
    let wrong = if kind.is_fifo() {
        Some("a FIFO")
    } else if kind.is_socket() {
        Some("a socket")
    } else if kind.is_char_device() {
        Some("a character device")
    } else {
        None
    };
    if let Some(wrong) = wrong {
        return Err(could_not_open(path, Unopenable::WrongKind(wrong)));
    }
    Ok(LockFile {
        path: path.to_owned(),
        id: FileId::from(&metadata),
        executable: is_executable(&metadata),
        is_ours: true,
        readable: None,
        second: OnceCell::new(),
        gates: OnceCell::new(),
        family,
        file,
    })
}

fn not_opened(path: &Path, error: io::Error) -> Error {
    match error.raw_os_error() {
        Some(libc::ENXIO) => could_not_open(path, Unopenable::WrongKind("a socket")),
        Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM) => out_of_resources(path, error),
        _ => could_not_open(path, Unopenable::NotOpened(error)),
    }
}

fn not_created(path: &Path, error: io::Error) -> Error {
    match error.raw_os_error() {
        Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM) => out_of_resources(path, error),
        Some(libc::ENOENT | libc::ENOTDIR | libc::EISDIR | libc::ELOOP | libc::ENAMETOOLONG) => {
            could_not_open(path, Unopenable::NotOpened(error))
        }
        _ => could_not_open(path, Unopenable::NotCreated(error)),
    }
}

fn out_of_resources(path: &Path, source: io::Error) -> Error {
    Error::System { path: path.to_owned(), doing: "opening it", source }
}

fn could_not_open(path: &Path, why: Unopenable) -> Error {
    Error::CouldNotOpen { path: path.to_owned(), why }
}
