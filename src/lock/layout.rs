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
/// A shared holder that becomes an exclusive one, or the reverse: one at a time.
/// It is the last of the bytes that readers share, so they stand before it, and
/// above every pid.
pub(crate) const CONVERSION: i64 = INTENT + i32::MAX as i64;
/// Where one who wants to convert waits for those who only pass: all of them
/// share it.
pub(crate) const LANDING: i64 = CONVERSION - 1;
