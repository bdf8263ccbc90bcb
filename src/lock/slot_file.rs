//! Opens the lock file of a lock with slots.
//!
//! A slot is locked exclusively by the open file, and such a lock needs a file that is open for
//! writing. That is different from all other locks of the flock family, so a lock with slots wants a
//! file of its own: not a directory, a program that runs, or a file that others watch.

use std::io;
use std::path::Path;

use super::error::Error;
use super::file::{Access, LockFile, above_standard, checked, open_as};
use super::file_kind::FileKind;
use super::open_error::OpenError;
use super::open_failure::{could_not_open, not_opened};
use crate::mode::Family;

/// Opens a lock file that exists.
///
/// # Errors
/// [`OpenError::Missing`] if it does not; [`OpenError::Slots`] if it cannot have slots.
pub(crate) fn open_for_slots(path: &Path, kind: FileKind) -> Result<LockFile, Error> {
    let opened = open_as(path, Access::Both, kind).and_then(above_standard);
    opened
        .map_err(|error| refused(path, error, kind))
        .and_then(|file| checked(path, file, Family::Flock, kind))
}

fn refused(path: &Path, error: io::Error, kind: FileKind) -> Error {
    match error.raw_os_error() {
        Some(libc::EACCES | libc::EISDIR | libc::EPERM | libc::EROFS | libc::ETXTBSY) if path.exists() => {
            could_not_open(path, OpenError::Slots(error))
        }
        _ => not_opened(path, error, kind),
    }
}
