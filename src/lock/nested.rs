//! A reader under a reader must not stand behind a waiting writer: that writer
//! waits for the outer reader, who waits for the inner one.

use super::file::LockFile;
use super::mode::Mode;

/// Whether an ancestor of this process reads already. Seen from parentage and
/// descriptors, so that there is no environment variable to go stale.
#[cfg(all(target_os = "linux", not(fasten_portable)))]
pub(crate) fn is_under_a_reader(lock: &LockFile, mode: Mode) -> bool {
    use super::mode::Family;
    use crate::holders::{LockId, ancestor_holding, own_pid};

    let ancestor = || ancestor_holding(LockId::of_descriptor(&lock.file)?, Family::Flock, own_pid()?);
    mode == Mode::Shared && ancestor().is_ok_and(|found| found.is_some_and(|one| one.mode == Mode::Shared))
}

/// Never, for without gates no reader stands behind a waiting writer.
#[cfg(not(all(target_os = "linux", not(fasten_portable))))]
pub(crate) fn is_under_a_reader(_lock: &LockFile, _mode: Mode) -> bool {
    false
}
