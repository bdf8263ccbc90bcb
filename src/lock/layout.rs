//! Which byte of the lock file means what. A promise between versions.

/// The first byte that is a gate; main locks lie below.
pub(crate) const GATES: i64 = 1 << 62;
/// Writers, one at a time.
pub(crate) const QUEUE: i64 = GATES;
/// The writer whose turn it is.
pub(crate) const GATE: i64 = GATES + 1;
/// One byte per preferring writer: this one plus its pid.
pub(crate) const INTENT: i64 = GATES + 2;
