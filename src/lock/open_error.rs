//! Why a lock file could not be opened or created: the reason and the remedy.

use std::fmt;
use std::io;

use super::errno_words::lower;

/// Why a lock file could not be opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// It does not exist, and the options forbid creating it.
    Missing,
    /// It cannot be a lock: a FIFO, a socket, a character device.
    WrongKind(&'static str),
    /// It is not a plain file with one name, and the options accept nothing else: a symbolic link, a
    /// directory, a device, a file with hard links.
    NotPlain(&'static str),
    /// It exists and cannot be opened, or its directory does not exist.
    NotOpened(io::Error),
    /// It cannot be locked in the fcntl family: a shared lock needs read permission, an exclusive
    /// lock write permission.
    Access,
    /// It cannot be written, and so cannot have slots.
    Slots(io::Error),
    /// It does not exist and cannot be created.
    NotCreated(io::Error),
    /// It is another user's symbolic link to a missing file, in a directory that others can write
    /// to: that user may want this process to create the file.
    ForeignLink,
}

impl fmt::Display for OpenError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => out.write_str("does not exist and must not be created"),
            Self::WrongKind(kind) => {
                write!(out, "is {kind}: a lock must be a file, a directory or a block device")
            }
            Self::NotPlain(kind) => {
                write!(out, "is {kind}: only a plain file with one name is trusted here; remove it")
            }
            Self::Access => out.write_str(
                "cannot be locked with fcntl: a shared lock needs read permission, an exclusive lock write permission",
            ),
            Self::Slots(source) if source.raw_os_error() == Some(libc::EISDIR) => {
                out.write_str("is a directory, which has no slots; name a file in it")
            }
            Self::Slots(source) => {
                write!(out, "cannot have slots: {}; choose a file that may be written", lower(source))
            }
            Self::ForeignLink => out.write_str(
                "is another user's symbolic link to a missing file, in a directory that others can write to; \
                 remove it, or create the file",
            ),
            // The kernel answers so when it has to create a missing `name/`.
            Self::NotOpened(source) if source.raw_os_error() == Some(libc::EISDIR) => {
                out.write_str("does not exist, and only files are created; make the directory first")
            }
            Self::NotOpened(source) => {
                write!(out, "cannot be opened: {}", hint(source, "choose one that may be read or written"))
            }
            Self::NotCreated(source) => {
                write!(out, "cannot be created: {}", hint(source, "its directory must be writable"))
            }
        }
    }
}

impl std::error::Error for OpenError {}

/// The system's message, followed by a remedy where one is known.
fn hint(source: &io::Error, directory: &str) -> String {
    let remedy = match source.kind() {
        io::ErrorKind::NotFound => "its directory must exist",
        io::ErrorKind::PermissionDenied => directory,
        io::ErrorKind::ReadOnlyFilesystem => "choose one in a writable file system",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "make room or choose another file system"
        }
        _ if source.raw_os_error() == Some(libc::EBADF) => "open it first, as in a shell: exec 9>>lock",
        _ => return lower(source),
    };
    format!("{}; {remedy}", lower(source))
}
