//! What is asked of a lock: which mode, and how a writer stands to readers.

/// Who may hold the lock at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Together with every other shared holder: a reader.
    Shared,
    /// Alone: a writer, or a plain mutex.
    Exclusive,
}

/// Who goes first when readers and writers want the same lock.
///
/// The three preferences of a reader-writer lock (Courtois, Heymans and Parnas
/// 1971; phase-fair: Brandenburg and Anderson 2009). It is the writer that
/// chooses; readers are all alike, but for one who asks with
/// [`Preference::Reader`]: that one takes part in no order, as with bare
/// flock(2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Preference {
    /// Phase-fair: readers and writers take turns. A writer waits for the
    /// readers that were in before it, a reader for at most one writer.
    #[default]
    Fair,
    /// Readers first: the writer gets in when no reader is left.
    Reader,
    /// Writers first: no new reader gets in while such a writer waits.
    Writer,
}

/// Which of the kernel's locks: on Linux the two do not see each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// flock(2), on the whole file.
    Flock,
    /// fcntl(2), on bytes of the file.
    Fcntl,
}
