//! Why flock exits without having run the command: its message and its exit code.

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;

use fasten::{Error, OpenError, Operation};

use super::interface::FlockCode;
use super::words::joined;
use crate::cmd::message::{self, strerror};

const TRY_HELP: &str = "Try 'flock --help' for more information.\n";

/// The message, if there is one, and the exit code.
#[derive(Debug)]
pub(super) struct Refusal {
    code: u8,
    words: Option<OsString>,
    hint: &'static str,
}

/// The exit code if the lock was not obtained, and whether there is a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct OnConflict {
    pub(super) code: u8,
    pub(super) is_reported: bool,
}

impl Refusal {
    pub(super) fn new(code: FlockCode, words: impl Into<OsString>) -> Self {
        Self { code: code as u8, words: Some(words.into()), hint: "" }
    }

    /// With the system's words for the error.
    pub(super) fn system(code: FlockCode, words: impl AsRef<OsStr>, error: &io::Error) -> Self {
        Self::new(code, joined(&[words.as_ref(), ": ".as_ref(), strerror(error).as_ref()]))
    }

    /// The command line is wrong; a second line refers to the help.
    pub(super) fn try_help(words: Option<&str>) -> Self {
        Self { code: FlockCode::Usage as u8, words: words.map(OsString::from), hint: TRY_HELP }
    }

    /// The file or descriptor of this name was not locked.
    pub(super) fn no_lock(conflict: OnConflict, name: &OsStr, error: &Error) -> Self {
        match error {
            Error::TimedOut { .. } => Self::conflict(conflict, "timeout while waiting to get lock"),
            Error::CouldNotOpen { why, .. } => Self::could_not_open(name, why),
            Error::System { source, operation: Operation::Open, .. } => Self::not_opened(name, source),
            Error::System { source, .. } => Self::not_locked(name, source),
            _ => Self::conflict(conflict, "failed to get lock"),
        }
    }

    fn conflict(conflict: OnConflict, words: &str) -> Self {
        Self { code: conflict.code, words: conflict.is_reported.then(|| words.into()), hint: "" }
    }

    fn could_not_open(name: &OsStr, why: &OpenError) -> Self {
        match why {
            OpenError::NotOpened(error) | OpenError::NotCreated(error) => Self::not_opened(name, error),
            OpenError::Access => Self::not_locked(name, &io::Error::from_raw_os_error(libc::EBADF)),
            other => {
                let words = ["cannot open lock file ".as_ref(), name, ": ".as_ref()];
                Self::new(FlockCode::NoInput, joined(&[&joined(&words), other.to_string().as_ref()]))
            }
        }
    }

    /// The lock file could not be opened. For a missing `name/` creation fails with `EISDIR`;
    /// flock(1) reports `ENOENT`.
    pub(super) fn not_opened(name: &OsStr, error: &io::Error) -> Self {
        let missing = io::Error::from_raw_os_error(libc::ENOENT);
        let error = if error.kind() == ErrorKind::IsADirectory { &missing } else { error };
        let code = match error.raw_os_error() {
            Some(libc::ENOMEM | libc::EMFILE | libc::ENFILE) => FlockCode::System,
            Some(libc::EROFS | libc::ENOSPC) => FlockCode::CannotCreate,
            _ => FlockCode::NoInput,
        };
        Self::system(code, joined(&["cannot open lock file ".as_ref(), name]), error)
    }

    /// A FIFO with no other end: flock(1) would wait for it, even with `-n`.
    pub(super) fn lonely_fifo(name: &OsStr) -> Self {
        let why = ": is a FIFO, and no process has its other end open".as_ref();
        Self::new(FlockCode::NoInput, joined(&["cannot open lock file ".as_ref(), name, why]))
    }

    /// The system call refused to lock it.
    pub(super) fn not_locked(name: &OsStr, error: &io::Error) -> Self {
        let code = match error.raw_os_error() {
            Some(libc::ENOLCK | libc::ENOMEM) => FlockCode::System,
            _ => FlockCode::Data,
        };
        Self::system(code, name, error)
    }

    /// The command could not be started.
    pub(super) fn not_started(name: &OsStr, error: &io::Error) -> Self {
        let failed = joined(&["failed to execute ".as_ref(), name]);
        match error.raw_os_error() {
            Some(libc::EAGAIN) => Self::system(FlockCode::System, "fork failed", error),
            Some(libc::ENOMEM) => Self::system(FlockCode::System, failed, error),
            _ => Self::system(FlockCode::Unavailable, failed, error),
        }
    }

    /// Prints the message and returns the exit code.
    pub(super) fn report(self) -> u8 {
        let line = self.words.map(|words| [b"flock: ", words.as_bytes(), b"\n"].concat());
        message::write_stderr(&[&line.unwrap_or_default(), self.hint.as_bytes()].concat());
        self.code
    }
}
