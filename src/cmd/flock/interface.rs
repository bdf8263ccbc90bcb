//! The interface of flock(1): its options and exit codes. This file imports nothing of the crate,
//! so that the test that compares man/flock.1 with it can include it.

/// The short options, as for getopt(3).
pub(crate) const SHORT: &str = "sexnoFuw:E:hV?";

/// The long options: name, whether it takes a value, and the letter that stands for it. A long
/// option without a short form has a letter that is not in [`SHORT`].
pub(crate) const LONG: [(&str, bool, u8); 17] = [
    ("shared", false, b's'),
    ("exclusive", false, b'x'),
    ("unlock", false, b'u'),
    ("nonblocking", false, b'n'),
    ("nb", false, b'n'),
    ("timeout", true, b'w'),
    ("wait", true, b'w'),
    ("conflict-exit-code", true, b'E'),
    ("close", false, b'o'),
    ("no-fork", false, b'F'),
    ("verbose", false, b'v'),
    ("fcntl", false, b'f'),
    ("start", true, b'S'),
    ("length", true, b'L'),
    ("fd", true, b'd'),
    ("help", false, b'h'),
    ("version", false, b'V'),
];

/// Options only after the lock file or after `--fd`; a command string follows.
pub(crate) const COMMAND: [&str; 2] = ["-c", "--command"];

/// Why flock exited with a code of its own instead of the command's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum FlockCode {
    /// Another process holds the lock, and `-n` or `-w` was given (`-E` sets another code); also if
    /// the help cannot be written.
    Conflict = 1,
    /// Wrong usage, or a bad value.
    Usage = 64,
    /// The system call refused this file or descriptor.
    Data = 65,
    /// The lock file cannot be opened or created.
    NoInput = 66,
    /// The command cannot be executed, or was not found.
    Unavailable = 69,
    /// The system failed: no process, no memory, no descriptors or no locks left.
    System = 71,
    /// The lock file cannot be created: read-only or full file system.
    CannotCreate = 73,
}

impl FlockCode {
    /// All of them: for the test that compares the manual with them.
    #[allow(dead_code, reason = "the command itself names them one by one")]
    pub(crate) const ALL: [Self; 7] = [
        Self::Conflict,
        Self::Usage,
        Self::Data,
        Self::NoInput,
        Self::Unavailable,
        Self::System,
        Self::CannotCreate,
    ];
}
