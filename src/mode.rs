//! The two words that every part shares: how a lock is held, and which of the kernel's locks it is.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// How a lock is held, and so who may hold it at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Together with every other shared holder: a reader.
    Shared,
    /// Alone: a writer, or a plain mutex.
    Exclusive,
}

/// Which of the kernel's two kinds of file locks a lock is. On Linux, locks of different families
/// do not exclude each other, except on network file systems that have only one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Family {
    /// flock(2), on the whole file: what flock(1) takes.
    #[default]
    Flock,
    /// fcntl(2) on all bytes of the file, as a lock of the open file description. It conflicts with
    /// the locks of Python's fasteners and of lockf(3).
    Fcntl,
}

impl Mode {
    /// Whether two processes cannot hold a lock in these modes at the same time.
    pub(crate) fn conflicts_with(self, other: Self) -> bool {
        self == Self::Exclusive || other == Self::Exclusive
    }
}

/// A mode that can be read in several threads. It publishes nothing else.
#[derive(Debug)]
pub(crate) struct AtomicMode(AtomicBool);

impl AtomicMode {
    pub(crate) fn new(mode: Mode) -> Self {
        Self(AtomicBool::new(mode == Mode::Exclusive))
    }

    pub(crate) fn get(&self) -> Mode {
        if self.0.load(Relaxed) { Mode::Exclusive } else { Mode::Shared }
    }

    pub(crate) fn set(&self, mode: Mode) {
        self.0.store(mode == Mode::Exclusive, Relaxed);
    }
}
