//! Where the gate file of a lock is, and what each of its bytes means.
//!
//! This is a promise between versions: fasten-lock(5) documents it for other programs that take
//! part, and a test compares that page with this file, which therefore imports nothing of the
//! crate.
//!
//! The file stays empty; every byte is past its end. Bytes that one process locks at the same time
//! are never adjacent: the kernel merges adjacent locks, and when it splits them again, it wakes
//! the waiters of both, and their order is lost.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// The directory of all gate files: in memory, and the same for all processes of a system. It has
/// the sticky bit, so users cannot remove each other's files.
pub(crate) const GATE_DIRECTORY: &str = "/dev/shm";

const PREFIX: &str = "fasten.";

/// A byte range: its first byte and its length. The length 0 means up to the end of the file,
/// however far it grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bytes {
    pub(crate) first: i64,
    pub(crate) count: i64,
}

/// On a lock file itself, a record lock that begins here or later is not the main lock: it is about
/// the slots of the lock.
pub(crate) const SLOTS: i64 = 1 << 62;

/// All bytes that are about slots.
pub(crate) const ALL_SLOTS: Bytes = Bytes { first: SLOTS, count: 0 };

/// The slots themselves.
pub(crate) const SLOT_BYTES: Bytes = Bytes { first: SLOTS, count: 1 << 32 };

/// TURN: locked by the process that takes slots next, while it waits for them.
pub(crate) const TURN: Bytes = Bytes { first: SLOTS + (1 << 32), count: 1 };

const COUNTS: i64 = SLOTS + (1 << 33);

/// One slot: locked by its holder, until the release.
pub(crate) const fn slot(number: u32) -> Bytes {
    Bytes { first: SLOTS + number as i64, count: 1 }
}

/// COUNT: shared by each holder of a slot, to show how many slots there are.
pub(crate) const fn slot_count(count: u32) -> Bytes {
    Bytes { first: COUNTS + count as i64, count: 1 }
}

/// The slots among these bytes, as numbers.
pub(crate) fn slots_in(first: i64, last: i64) -> std::ops::Range<u32> {
    let number = |byte: i64| u32::try_from(byte - SLOTS).unwrap_or(u32::MAX);
    let is_slot = (SLOTS..TURN.first).contains(&first);
    if is_slot { number(first)..number(last).saturating_add(1) } else { 0..0 }
}

/// How many slots there are, if this is a COUNT byte.
pub(crate) fn count_in(first: i64) -> Option<u32> {
    u32::try_from(first.checked_sub(COUNTS)?).ok()
}

/// Shared by every process that uses the gate file; locked exclusively, for an instant, by the
/// process that removes it. Both families use it.
pub(crate) const PRESENT: Bytes = Bytes { first: 0, count: 1 };

const LANDING: i64 = 1 << 31;
const INTENTS: i64 = LANDING - 4;

/// The gates of one family of locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gate(i64);

impl Gate {
    /// The gates of the flock family.
    pub(crate) const FLOCK: Self = Self(1 << 32);
    /// The gates of the fcntl family.
    pub(crate) const FCNTL: Self = Self(2 << 32);

    /// QUEUE: locked by writers, one at a time, from their arrival until they hold the lock.
    pub(crate) const fn queue(self) -> Bytes {
        self.bytes(0, 1)
    }

    /// PASSAGE: locked by the writer whose turn it is, until it holds the lock.
    pub(crate) const fn passage(self) -> Bytes {
        self.bytes(2, 1)
    }

    /// INTENT: all bytes of preferring writers.
    pub(crate) const fn intents(self) -> Bytes {
        self.bytes(3, INTENTS)
    }

    /// One byte of INTENT: each preferring writer locks one of its own from its arrival until its
    /// release.
    pub(crate) const fn intent(self, number: i64) -> Bytes {
        self.bytes(3 + number.rem_euclid(INTENTS), 1)
    }

    /// LANDING: where an upgrade waits for processes that only pass CONVERSION.
    pub(crate) const fn landing(self) -> Bytes {
        self.bytes(LANDING, 1)
    }

    /// CONVERSION: locked by a holder that upgrades from shared to exclusive, one at a time.
    pub(crate) const fn conversion(self) -> Bytes {
        self.bytes(LANDING + 1, 1)
    }

    /// What a writer shares to wait for an upgrade.
    pub(crate) const fn landing_and_conversion(self) -> Bytes {
        self.bytes(LANDING, 2)
    }

    /// What a reader shares while it waits: PASSAGE to CONVERSION.
    pub(crate) const fn way_in(self) -> Bytes {
        self.bytes(2, LANDING)
    }

    /// Shared by each process that runs a command under the lock of an open file under which others
    /// may run commands too. The plan is what the last of them does: 0 nothing, 1 downgrade, 2
    /// unlock.
    pub(crate) const fn user(self, plan: i64) -> Bytes {
        self.bytes(LANDING + 4 + 2 * plan, 1)
    }

    /// All bytes of such processes.
    pub(crate) const fn users(self) -> Bytes {
        self.bytes(LANDING + 4, 5)
    }

    /// SLOT-QUEUE: locked by waiters for slots, one at a time, from their arrival until they hold
    /// the lock.
    pub(crate) const fn slot_queue(self) -> Bytes {
        self.bytes(LANDING + 10, 1)
    }

    /// SLOT-WAITERS: shared by all waiters for slots meanwhile. SLOT-QUEUE is free for an instant when
    /// the next of them steps up, and this is not.
    pub(crate) const fn slot_waiters(self) -> Bytes {
        self.bytes(LANDING + 14, 1)
    }

    /// COALESCE: locked by the one request that waits to run for all those that leave, until it holds
    /// the lock. It puts no process into an order, so it is not one of `all`.
    pub(crate) const fn coalesce(self) -> Bytes {
        self.bytes(LANDING + 12, 1)
    }

    /// All gates of the main lock: QUEUE to CONVERSION.
    pub(crate) const fn all(self) -> Bytes {
        self.bytes(0, LANDING + 2)
    }

    const fn bytes(self, first: i64, count: i64) -> Bytes {
        Bytes { first: self.0 + first, count }
    }
}

/// The path of the gate file of the lock file with this device and inode:
/// `/dev/shm/fasten.DEVICE.INODE`, the device in hexadecimal and the inode in decimal digits.
pub(crate) fn gate_file(device: u64, inode: u64) -> PathBuf {
    // Every acquisition needs it, and format! would take a twentieth of a run's instructions.
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

/// Device and inode of the lock file to which a gate file of this name belongs.
pub(crate) fn lock_of_gate_file(name: &str) -> Option<(u64, u64)> {
    let (device, inode) = name.strip_prefix(PREFIX)?.split_once('.')?;
    Some((u64::from_str_radix(device, 16).ok()?, inode.parse().ok()?))
}
