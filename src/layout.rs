//! Where the gate file of a lock lies, and which of its bytes means what. A promise between
//! versions: fasten-lock(5) documents it for programs that join in, and a test holds the page to
//! this file, which therefore uses nothing else of the crate.
//!
//! Every byte lies past the end of the file, which stays empty. Bytes that one process holds at
//! the same time do not touch: the kernel makes one lock of neighbours, and wakes the waiters of
//! both, out of their order, when it divides them again.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// Where gate files lie: in memory, and common to all processes of a system. The directory has the
/// sticky bit, so users cannot remove each other's files there.
pub(crate) const GATE_DIRECTORY: &str = "/dev/shm";

const PREFIX: &str = "fasten.";

/// Bytes of a file, named by the first one and their number; the number 0 means up to the end,
/// wherever that will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bytes {
    pub(crate) first: i64,
    pub(crate) count: i64,
}

/// Of a lock file itself, a record lock that begins here or further on is not the main lock. No
/// version makes such locks yet; they are kept for locks that several processes share out.
pub(crate) const SLOTS: i64 = 1 << 62;

/// Shared by every process that uses the gate file; exclusive for an instant by the one that
/// removes it. For both families.
pub(crate) const PRESENT: Bytes = Bytes { first: 0, count: 1 };

const LANDING: i64 = 1 << 31;
const INTENTS: i64 = LANDING - 4;

/// The gates of one family of locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gate(i64);

impl Gate {
    /// Those of the flock family.
    pub(crate) const FLOCK: Self = Self(1 << 32);
    /// Those of the fcntl family.
    pub(crate) const FCNTL: Self = Self(2 << 32);

    /// Writers, one at a time, from their arrival until they hold the lock.
    pub(crate) const fn queue(self) -> Bytes {
        self.bytes(0, 1)
    }

    /// Closed by the writer whose turn it is, until it holds the lock.
    pub(crate) const fn passage(self) -> Bytes {
        self.bytes(2, 1)
    }

    /// All the bytes of preferring writers.
    pub(crate) const fn intents(self) -> Bytes {
        self.bytes(3, INTENTS)
    }

    /// One of them: each writer holds one of its own from its arrival until its release.
    pub(crate) const fn intent(self, number: i64) -> Bytes {
        self.bytes(3 + number.rem_euclid(INTENTS), 1)
    }

    /// Where one that wants to upgrade waits for those that only pass.
    pub(crate) const fn landing(self) -> Bytes {
        self.bytes(LANDING, 1)
    }

    /// A holder on its way from shared to exclusive: one at a time.
    pub(crate) const fn conversion(self) -> Bytes {
        self.bytes(LANDING + 1, 1)
    }

    /// What a writer shares while it gives way to an upgrade.
    pub(crate) const fn landing_and_conversion(self) -> Bytes {
        self.bytes(LANDING, 2)
    }

    /// What a reader shares while it waits: the passage, and all that follows.
    pub(crate) const fn way_in(self) -> Bytes {
        self.bytes(2, LANDING)
    }

    /// Shared by each that runs a command under the lock of an open file that others may run under
    /// too, by what the last of them does: nothing, 1 downgrades, 2 unlocks.
    pub(crate) const fn user(self, plan: i64) -> Bytes {
        self.bytes(LANDING + 4 + 2 * plan, 1)
    }

    /// All the bytes of such users.
    pub(crate) const fn users(self) -> Bytes {
        self.bytes(LANDING + 4, 5)
    }

    /// All the gates.
    pub(crate) const fn all(self) -> Bytes {
        self.bytes(0, LANDING + 2)
    }

    const fn bytes(self, first: i64, count: i64) -> Bytes {
        Bytes { first: self.0 + first, count }
    }
}

/// The path of the gate file of the lock file that stat(2) describes so: `/dev/shm/fasten.DEVICE.INODE`,
/// the device in hexadecimal digits and the inode in decimal ones.
pub(crate) fn gate_file(device: u64, inode: u64) -> PathBuf {
    // Each lock that is taken asks for it. By format! it would be a twentieth of a run.
    let mut path = Vec::with_capacity(64);
    path.extend_from_slice(GATE_DIRECTORY.as_bytes());
    path.push(b'/');
    path.extend_from_slice(PREFIX.as_bytes());
    push_digits::<16>(&mut path, device);
    path.push(b'.');
    push_digits::<10>(&mut path, inode);
    OsString::from_vec(path).into()
}

fn push_digits<const BASE: u64>(text: &mut Vec<u8>, number: u64) {
    let (mut digits, mut first, mut rest) = ([0; 20], 20, number);
    loop {
        first -= 1;
        digits[first] = b"0123456789abcdef"[(rest % BASE) as usize];
        rest /= BASE;
        if rest == 0 {
            return text.extend_from_slice(&digits[first..]);
        }
    }
}

/// Device and inode of the lock file whose gate file has this name.
pub(crate) fn lock_of_gate_file(name: &str) -> Option<(u64, u64)> {
    let (device, inode) = name.strip_prefix(PREFIX)?.split_once('.')?;
    Some((u64::from_str_radix(device, 16).ok()?, inode.parse().ok()?))
}
