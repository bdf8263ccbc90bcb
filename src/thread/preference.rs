//! Whether readers or writers go first when both wait.

/// Whether readers or writers go first when both wait.
///
/// With each preference, writers acquire the lock in order of arrival, and a thread that already
/// holds the lock never waits for it again.
///
/// Python's fasteners: *preference* in its glossary. Its thread lock always does what
/// [`Preference::Writer`] does here, so a stream of writers keeps its readers out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Preference {
    /// Reader phases and writer phases alternate, so neither side can starve the other.
    ///
    /// A reader that arrives while a writer holds the lock or waits for it is admitted after at
    /// most one writer. A writer waits at most for the readers that hold the lock before it, for
    /// the writers in the queue before it, and for one phase of readers after each of those. So
    /// among `n` threads none waits for more than `2n` phases.
    #[default]
    PhaseFair,
    /// Readers are admitted whenever no writer holds the lock. A stream of readers keeps writers
    /// out.
    Reader,
    /// Readers wait while any writer holds the lock or waits for it. A stream of writers keeps
    /// readers out.
    Writer,
}
