//! How a lock is held.

/// How a lock is held: the answer of [`ReaderWriterLock::owner`](super::ReaderWriterLock::owner).
///
/// Source in the seed: the constants `ReaderWriterLock.READER` and `ReaderWriterLock.WRITER`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// One or more threads read.
    Reader,
    /// One thread writes.
    Writer,
}
