//! Taking the lock as flock(1) does, without gates.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use fasten::file_id::{FileId, leads_to};
use fasten::{
    DescriptorLock, Error, Family, Guard, InterProcessReaderWriterLock, LockOptions, Mode, Nested, OpenError,
    Preference,
};

use super::command_line::{ByteRange, Call};
use super::refusal::Refusal;
use crate::cmd::sys::descriptors::inherited;
use crate::cmd::sys::flock_open::{may_read_and_write, open_or_create};

/// An open file, and with it the lock, if there is one.
#[derive(Debug)]
pub(super) enum OpenedLock {
    Locked(Guard),
    /// Locked through its descriptor, or unlocked (`-u`).
    File(File),
}

impl OpenedLock {
    pub(super) fn descriptors(&self) -> Vec<BorrowedFd<'_>> {
        match self {
            Self::Locked(guard) => guard.descriptor().into_iter().collect(),
            Self::File(file) => vec![file.as_fd()],
        }
    }

    /// Closes it; processes that have inherited it keep the lock.
    pub(super) fn close(self) {
        if let Self::Locked(guard) = self {
            guard.detach();
        }
    }
}

/// Locks or unlocks the file at this path, which is created if it is missing.
pub(super) fn at_path(call: &Call, path: &Path) -> Result<OpenedLock, Refusal> {
    let Some(mode) = call.mode else {
        let file = open(call, path)?;
        apply(call, file.as_raw_fd())
            .map_err(|error| Refusal::no_lock(call.on_conflict, path.as_os_str(), &error))?;
        return Ok(OpenedLock::File(file));
    };
    if call.family == Family::Fcntl || is_special(path) {
        opened(call, path, mode)
    } else {
        regular(call, path, mode)
    }
}

/// Locks or unlocks an open descriptor.
pub(super) fn on_descriptor(call: &Call, number: RawFd) -> Result<(), Refusal> {
    apply(call, number)
        .map_err(|error| Refusal::no_lock(call.on_conflict, number.to_string().as_ref(), &error))
}

fn apply(call: &Call, number: RawFd) -> Result<(), Error> {
    let lock = DescriptorLock::of_foreign(inherited(number), options(call));
    let ByteRange { start, length } = call.bytes;
    match call.mode {
        Some(mode) => lock.lock_range_like_flock(start, length, mode, call.waiting),
        None => lock.unlock_range_like_flock(start, length),
    }
}

/// Through the library's opener. If the file is replaced during the wait, the new one is locked.
fn regular(call: &Call, path: &Path, mode: Mode) -> Result<OpenedLock, Refusal> {
    let lock = InterProcessReaderWriterLock::with_options(path, options(call));
    let taken = match mode {
        Mode::Shared => lock.read_with(call.waiting),
        Mode::Exclusive => lock.write_with(call.waiting),
    };
    taken
        .map(OpenedLock::Locked)
        .map_err(|error| Refusal::no_lock(call.on_conflict, path.as_os_str(), &error))
}

/// Through a descriptor that is opened as flock(1) opens it: for a terminal, a pipe, a range of
/// bytes. Here too, a file that replaces the first is locked.
fn opened(call: &Call, path: &Path, mode: Mode) -> Result<OpenedLock, Refusal> {
    loop {
        if call.bytes == ByteRange::default() && is_missing(path) {
            return regular(call, path, mode);
        }
        let file = open(call, path)?;
        apply(call, file.as_raw_fd()).map_err(|error| not_locked(call, path, &error))?;
        if file.metadata().is_ok_and(|ours| leads_to(path, FileId::from(&ours))) {
            return Ok(OpenedLock::File(file));
        }
    }
}

/// An exclusive fcntl lock needs a file that is open for writing, which a directory never is. Then
/// flock(1) tries to open it again, and reports why that fails.
fn not_locked(call: &Call, path: &Path, error: &Error) -> Refusal {
    match error {
        Error::System { source, .. }
            if call.family == Family::Fcntl && source.raw_os_error() == Some(libc::EBADF) =>
        {
            let why = may_read_and_write(path).err();
            let why = why.unwrap_or_else(|| io::Error::from_raw_os_error(libc::EISDIR));
            Refusal::not_locked(path.as_os_str(), &why)
        }
        error => Refusal::no_lock(call.on_conflict, path.as_os_str(), error),
    }
}

/// flock(1) takes no turns with readers, and does not look for deadlocks.
fn options(call: &Call) -> LockOptions {
    LockOptions::new().family(call.family).preference(Preference::Reader).nested(Nested::Wait)
}

/// A terminal, a serial line or a pipe: flock(1) locks them, the library's opener refuses them.
fn is_special(path: &Path) -> bool {
    is_fifo(path) || fs::metadata(path).is_ok_and(|found| found.file_type().is_char_device())
}

fn is_fifo(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.file_type().is_fifo())
}

fn is_missing(path: &Path) -> bool {
    fs::metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound)
}

/// Opens the file as the mode and the family need it.
fn open(call: &Call, path: &Path) -> Result<File, Refusal> {
    let writes = call.family == Family::Fcntl && call.mode == Some(Mode::Exclusive);
    open_or_create(path, writes).map_err(|error| match error {
        Error::CouldNotOpen { why: OpenError::NotOpened(error), .. }
            if error.raw_os_error() == Some(libc::ENXIO) && is_fifo(path) =>
        {
            Refusal::lonely_fifo(path.as_os_str())
        }
        error => Refusal::no_lock(call.on_conflict, path.as_os_str(), &error),
    })
}
