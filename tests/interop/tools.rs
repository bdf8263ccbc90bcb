//! The other programs: how they are called, and which lock they take.

use crate::support::table::Family;

/// A program that runs a command under a lock. Its words stand before the lock.
#[derive(Debug)]
pub struct Tool {
    /// Called so, it waits for the lock.
    pub waits: &'static str,
    /// Called so, it does not.
    pub tries: &'static str,
    pub family: Family,
    pub shared: bool,
    /// Its exit code when the lock is busy.
    pub refused: i32,
    /// The bytes that it locks.
    pub bytes: (u64, u64),
    /// It sleeps and looks again, so the kernel knows of no waiting.
    pub polls: bool,
}

impl Tool {
    const fn exclusive(family: Family, waits: &'static str, tries: &'static str, refused: i32) -> Self {
        Self { waits, tries, family, shared: false, refused, bytes: (0, u64::MAX), polls: false }
    }

    const fn shared(family: Family, waits: &'static str, tries: &'static str, refused: i32) -> Self {
        Self { shared: true, ..Self::exclusive(family, waits, tries, refused) }
    }

    const fn polling(shared: bool, waits: &'static str, tries: &'static str) -> Self {
        Self { shared, polls: true, ..Self::exclusive(Family::Posix, waits, tries, 1) }
    }

    /// The option with which fasten takes locks of this family.
    pub fn ours(&self) -> &'static str {
        option(self.family)
    }

    /// The option with which it takes the others.
    pub fn not_ours(&self) -> &'static str {
        option(if self.family == Family::Flock { Family::Posix } else { Family::Flock })
    }

    /// Whether it and fasten with this subcommand exclude each other.
    pub fn excludes(&self, subcommand: &str) -> bool {
        !(self.shared && subcommand == "read")
    }
}

fn option(family: Family) -> &'static str {
    match family {
        Family::Flock => "",
        Family::Posix => "--fcntl",
    }
}

pub const SUBCOMMANDS: [&str; 3] = ["exclusive", "write", "read"];

pub const TOOLS: [Tool; 12] = [
    Tool::exclusive(Family::Flock, "flock", "flock -n", 1),
    Tool::shared(Family::Flock, "flock -s", "flock -s -n", 1),
    Tool::exclusive(Family::Flock, "setlock", "setlock -n", 111),
    Tool::exclusive(Family::Posix, "s6-setlock", "s6-setlock -n", 1),
    Tool::shared(Family::Posix, "s6-setlock -r", "s6-setlock -r -n", 1),
    Tool { bytes: (0, 0), ..Tool::exclusive(Family::Posix, "with-lock-ex -w", "with-lock-ex -f", 255) },
    Tool::exclusive(Family::Posix, "lckdo -w", "lckdo", 75),
    Tool::shared(Family::Posix, "lckdo -w -s", "lckdo -s", 75),
    Tool::exclusive(Family::Posix, "python3 hold.py lockf ex waits", "python3 hold.py lockf ex tries", 1),
    Tool::polling(
        false,
        "python3 hold.py InterProcessLock acquire waits",
        "python3 hold.py InterProcessLock acquire tries",
    ),
    Tool::polling(
        false,
        "python3 hold.py InterProcessReaderWriterLock acquire_write_lock waits",
        "python3 hold.py InterProcessReaderWriterLock acquire_write_lock tries",
    ),
    Tool::polling(
        true,
        "python3 hold.py InterProcessReaderWriterLock acquire_read_lock waits",
        "python3 hold.py InterProcessReaderWriterLock acquire_read_lock tries",
    ),
];
