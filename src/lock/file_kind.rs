//! Which kinds of file may be a lock: everything that can be locked, or only a plain file, in a
//! directory where other users could have put something else.

use std::fs::Metadata;
use std::os::unix::fs::{FileTypeExt, MetadataExt};

use nix::fcntl::OFlag;

use super::open_error::OpenError;

/// Which kinds of file are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// Everything that can be locked; symbolic links are followed.
    Any,
    /// A plain file that has no other name.
    Plain,
}

impl FileKind {
    /// The flag that keeps open(2) from following a link.
    pub(super) fn flag(self) -> OFlag {
        if self == Self::Plain { OFlag::O_NOFOLLOW } else { OFlag::empty() }
    }

    /// Why this file is not accepted; `None` if it is.
    pub(super) fn refusal(self, file: &Metadata) -> Option<OpenError> {
        match self {
            Self::Any => not_lockable(file).map(OpenError::WrongKind),
            Self::Plain => not_plain(file).map(OpenError::NotPlain),
        }
    }

    /// Why a socket is not accepted, which open(2) refuses.
    pub(super) fn socket(self) -> OpenError {
        if self == Self::Plain { OpenError::NotPlain(SOCKET) } else { OpenError::WrongKind(SOCKET) }
    }
}

pub(super) const LINK: &str = "a symbolic link";
const SOCKET: &str = "a socket";

/// What it is, if that cannot be a lock.
fn not_lockable(file: &Metadata) -> Option<&'static str> {
    match file.file_type() {
        kind if kind.is_fifo() => Some("a FIFO"),
        kind if kind.is_socket() => Some(SOCKET),
        kind if kind.is_char_device() => Some("a character device"),
        _ => None,
    }
}

/// What it is, if that is not a plain file with one name. A file that was removed meanwhile has none
/// left.
pub fn not_plain(file: &Metadata) -> Option<&'static str> {
    match file.file_type() {
        kind if kind.is_symlink() => Some(LINK),
        kind if kind.is_dir() => Some("a directory"),
        kind if kind.is_block_device() => Some("a block device"),
        kind if kind.is_file() && file.nlink() > 1 => Some("a file with another name (a hard link)"),
        _ => not_lockable(file),
    }
}
