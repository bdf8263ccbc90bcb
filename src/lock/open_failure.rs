//! From an error of the system to one that names the lock file: the exit code depends on whether it
//! could not be opened or not be created, or whether the system has nothing left.

use std::io;
use std::path::Path;

use super::error::Error;
use super::file_kind::{FileKind, LINK};
use super::open_error::OpenError;
use super::operation::Operation;

/// An error of opening a lock file.
pub(super) fn not_opened(path: &Path, error: io::Error, kind: FileKind) -> Error {
    match error.raw_os_error() {
        Some(libc::ENOENT) => could_not_open(path, OpenError::Missing),
        Some(libc::ENXIO) => could_not_open(path, kind.socket()),
        Some(libc::ELOOP) if kind == FileKind::Plain => could_not_open(path, OpenError::NotPlain(LINK)),
        Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM) => out_of_resources(path, error),
        _ => could_not_open(path, OpenError::NotOpened(error)),
    }
}

/// An error of creating a lock file.
pub(super) fn not_created(path: &Path, error: io::Error) -> Error {
    match error.raw_os_error() {
        Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM) => out_of_resources(path, error),
        Some(libc::ENOENT | libc::ENOTDIR | libc::EISDIR | libc::ELOOP | libc::ENAMETOOLONG) => {
            could_not_open(path, OpenError::NotOpened(error))
        }
        _ => could_not_open(path, OpenError::NotCreated(error)),
    }
}

fn out_of_resources(path: &Path, source: io::Error) -> Error {
    Error::System { path: path.to_owned(), operation: Operation::Open, source }
}

/// A lock file that cannot be used.
pub(super) fn could_not_open(path: &Path, why: OpenError) -> Error {
    Error::CouldNotOpen { path: path.to_owned(), why }
}
