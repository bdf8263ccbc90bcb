//! What flock(1) knows: its options and exit codes. Nothing of the crate is used
//! here, so that the test that holds man/flock.1 to them can take this file as
//! it is.

use std::ffi::CStr;

/// The short options, for getopt(3): `+` ends them at the first operand.
pub(crate) const SHORT: &CStr = c"+sexnoFuw:E:hV?";

/// The long options: name, whether it takes a value, the short one that it is.
/// Those that are no short one have a letter that [`SHORT`] has not.
pub(crate) const LONG: [(&CStr, bool, u8); 17] = [
    (c"shared", false, b's'),
    (c"exclusive", false, b'x'),
    (c"unlock", false, b'u'),
    (c"nonblocking", false, b'n'),
    (c"nb", false, b'n'),
    (c"timeout", true, b'w'),
    (c"wait", true, b'w'),
    (c"conflict-exit-code", true, b'E'),
    (c"close", false, b'o'),
    (c"no-fork", false, b'F'),
    (c"verbose", false, b'v'),
    (c"fcntl", false, b'f'),
    (c"start", true, b'S'),
    (c"length", true, b'L'),
    (c"fd", true, b'd'),
    (c"help", false, b'h'),
    (c"version", false, b'V'),
];

/// These are options only after the lock file, or after `--fd`: the rest is a command string.
pub(crate) const COMMAND: [&str; 2] = ["-c", "--command"];

/// Why it ended without the command's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum FlockCode {
    /// The lock is held by somebody else, and `-n` or `-w` was given (`-E` sets
    /// another code); also for help that could not be written.
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
    /// All of them: for the test that holds the manual to them.
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
