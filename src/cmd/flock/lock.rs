//! The lock itself: what flock(1) takes, with no gates around it.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use fasten::{DescriptorLock, Guard, InterProcessReaderWriterLock, Mode, Nested, Options, Preference};

use super::parse::Call;
use super::refusal::Refusal;

/// What hangs on a lock file, or on what was opened like one.
#[derive(Debug)]
pub(super) enum Open {
    Locked(Guard),
    /// A device, locked; or anything, not locked at all (`-u`).
    File(File),
}

impl Open {
    pub(super) fn descriptors(&self) -> Vec<BorrowedFd<'_>> {
        match self {
            Self::Locked(guard) => guard.descriptor().into_iter().collect(),
            Self::File(file) => vec![file.as_fd()],
        }
    }

    /// Closes it; whoever has inherited it keeps the lock.
    pub(super) fn close(self) {
        if let Self::Locked(guard) = self {
            guard.leave_to_inheritors();
        }
    }
}

/// Does it with the file at this path, creating it if it is missing.
pub(super) fn at_path(call: &Call, path: &Path) -> Result<Open, Refusal> {
    match call.mode {
        Some(mode) if !is_device(path) => regular(call, path, mode).map(Open::Locked),
        _ => {
            let file = open(path).map_err(|error| Refusal::not_opened(path.as_os_str(), &error))?;
            on(call, file.as_raw_fd(), path.as_os_str())?;
            Ok(Open::File(file))
        }
    }
}

/// Does it with an open descriptor.
pub(super) fn on_descriptor(call: &Call, number: RawFd) -> Result<(), Refusal> {
    on(call, number, number.to_string().as_ref())
}

fn on(call: &Call, number: RawFd, name: &OsStr) -> Result<(), Refusal> {
    let lock = DescriptorLock::with_options(number, options(call));
    let done = match call.mode {
        Some(mode) => lock.take_plainly(mode, call.waiting),
        None => lock.unlock_plainly(),
    };
    done.map_err(|error| Refusal::no_lock(call, name, &error))
}

/// A path that comes to lead to another file while we wait is followed.
fn regular(call: &Call, path: &Path, mode: Mode) -> Result<Guard, Refusal> {
    let lock = InterProcessReaderWriterLock::with_options(path, options(call));
    let taken = match mode {
        Mode::Shared => lock.read_with(call.waiting),
        Mode::Exclusive => lock.write_with(call.waiting),
    };
    taken.map_err(|error| Refusal::no_lock(call, path.as_os_str(), &error))
}

/// In no order, and beside any ancestor.
fn options(call: &Call) -> Options {
    Options::new().family(call.family).preference(Preference::Reader).nested(Nested::Wait)
}

/// A terminal, a serial line: they are locked too.
fn is_device(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.file_type().is_char_device())
}

/// Waits for nobody, and creates only what is missing: with `O_CREAT`,
/// `fs.protected_regular` refuses what could be opened.
fn open(path: &Path) -> std::io::Result<File> {
    let open = |more| {
        let flags = libc::O_NOCTTY | libc::O_NONBLOCK | more;
        OpenOptions::new().read(true).mode(0o666).custom_flags(flags).open(path)
    };
    open(0).or_else(|error| match error.kind() {
        ErrorKind::NotFound => open(libc::O_CREAT),
        _ => Err(error),
    })
}
