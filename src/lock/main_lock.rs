//! The main lock: flock(2) on the whole file. It alone decides who is in.
//!
//! Through fs2, and named in full: std's `File` has methods of the same names.

use std::fs::File;
use std::io;

use super::mode::Mode;

/// Takes the lock if it is free; `false` if it is not.
pub(crate) fn try_lock(file: &File, mode: Mode) -> io::Result<bool> {
    let tried = match mode {
        Mode::Shared => fs2::FileExt::try_lock_shared(file),
        Mode::Exclusive => fs2::FileExt::try_lock_exclusive(file),
    };
    match tried {
        Ok(()) => Ok(true),
        Err(error) if error.raw_os_error() == fs2::lock_contended_error().raw_os_error() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Takes the lock, sleeping in the kernel until it is free or a signal handler
/// has run (`Interrupted`).
pub(crate) fn lock(file: &File, mode: Mode) -> io::Result<()> {
    match mode {
        Mode::Shared => fs2::FileExt::lock_shared(file),
        Mode::Exclusive => fs2::FileExt::lock_exclusive(file),
    }
}

/// Gives the lock back, for every process that has inherited the descriptor.
pub(crate) fn unlock(file: &File) -> io::Result<()> {
    fs2::FileExt::unlock(file)
}
