//! What is asked of a lock: which mode, and of which of the kernel's families.

/// Who may hold the lock at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Together with every other shared holder: a reader.
    Shared,
    /// Alone: a writer, or a plain mutex.
    Exclusive,
}

/// Which of the kernel's locks: on Linux the two do not see each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Family {
    /// flock(2), on the whole file.
    #[default]
    Flock,
    /// fcntl(2), on bytes of the file.
    Fcntl,
}
