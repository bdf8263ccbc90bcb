//! Which byte of the lock file means what. A promise between versions.

/// The first byte that is a gate; main locks lie below.
pub(crate) const GATES: i64 = 1 << 62;
/// Writers, one at a time.
pub(crate) const QUEUE: i64 = GATES;
/// The writer whose turn it is. Not the byte after QUEUE: the kernel would make
/// one lock of the two, and wake all who wait for QUEUE, out of their order,
/// when it divides them again.
pub(crate) const GATE: i64 = GATES + 2;
/// One byte per preferring writer: this one plus its pid, which is never 0.
pub(crate) const INTENT: i64 = GATES + 2;
