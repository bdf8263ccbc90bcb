//! Who goes first when readers and writers both wait.

/// Who goes first when readers and writers both wait.
///
/// Whatever the preference, writers go in the order in which they came, and a thread that holds the lock already never waits
/// for it again.
///
/// Source in the seed: *preference* in its glossary. Its own thread lock always has what is [`Preference::Writer`] here, and so
/// a stream of writers keeps its readers out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Preference {
    /// Reader phases and writer phases alternate, so neither side can starve the other.
    ///
    /// A reader that comes while a writer holds or waits gets in after at most one writer. A writer waits at most for the
    /// readers that were in before it, for the writers in line before it, and for one phase of readers after each of those. So
    /// among `n` threads nobody waits for more than `2n` phases.
    #[default]
    PhaseFair,
    /// Readers get in whenever no writer holds the lock. A stream of readers keeps writers out.
    Reader,
    /// Readers wait while any writer holds or waits. A stream of writers keeps readers out.
    Writer,
}
