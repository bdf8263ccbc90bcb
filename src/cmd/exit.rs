//! Every exit code of fasten itself. A test compares the manual's table with this one.

use std::io;

/// Why fasten exited with a code of its own instead of the command's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Code {
    /// Wrong usage, or a bad value.
    Usage = 64,
    /// The lock cannot be opened: no such directory, no permission, no such descriptor, or a FIFO,
    /// socket or character device; or the file or directory of a name is not trusted; or it cannot
    /// be upgraded.
    CannotOpen = 66,
    /// The lock does not exist and `--no-create` was given.
    Missing = 69,
    /// A bug in fasten.
    Bug = 70,
    /// The system failed: no process, no memory, no descriptors or no locks left, an input or
    /// output error, or standard output cannot be written.
    System = 71,
    /// The lock file cannot be created: read-only or full file system, a directory that is not
    /// writable, no directory for a name, or a symbolic link that is not followed.
    CannotCreate = 73,
    /// A shared lock was lost while it was being upgraded.
    Lost = 74,
    /// The lock was not obtained: busy, timed out, a deadlock, or covered by another command with
    /// `--coalesce` (`-E` sets another code).
    Conflict = 75,
    /// The command cannot be executed.
    CannotExecute = 126,
    /// The command was not found.
    NotFound = 127,
}

impl Code {
    /// All of them, in order: for the test that compares the manual with them.
    #[allow(dead_code, reason = "the command itself names them one by one")]
    pub const ALL: [Self; 10] = [
        Self::Usage,
        Self::CannotOpen,
        Self::Missing,
        Self::Bug,
        Self::System,
        Self::CannotCreate,
        Self::Lost,
        Self::Conflict,
        Self::CannotExecute,
        Self::NotFound,
    ];

    /// The number that the shell sees.
    pub const fn number(self) -> u8 {
        self as u8
    }
}

/// Whether the system failed instead of answering: the disk, the connection to it, or memory.
pub fn is_system_failure(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EIO | libc::EMFILE | libc::ENFILE | libc::ENOMEM))
}
