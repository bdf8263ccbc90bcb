//! Taking one lock: through the gates to the main lock.
//!
//! First everything is tried, without waiting. Only then, if there is time, the
//! same way is gone again, sleeping in the kernel wherever it is shut. Both ways
//! hold what the gates promise: the first goes in only when nobody is before us.

use super::file::LockFile;
use super::gates::Gates;
use super::guard::Held;
use super::main_lock;
use super::mode::{Family, Mode, Preference};
use super::patience::{GaveUp, Patience};

/// Takes the lock on an open file. After a refusal nothing is held.
pub(crate) fn acquire(
    lock: LockFile,
    mode: Mode,
    preference: Preference,
    patience: &Patience,
) -> Result<Held, (LockFile, GaveUp)> {
    let (gates, unordered) = match Gates::before(&lock, mode, preference) {
        Ok(gates) => (gates, None),
        Err(why) => (Gates::none(), Some(why)),
    };
    match take(&lock, mode, &gates, patience) {
        Ok(()) => Ok(Held::new(lock, gates, unordered)),
        Err(gave_up) => Err((lock, gave_up)),
    }
}

fn take(lock: &LockFile, mode: Mode, gates: &Gates, patience: &Patience) -> Result<(), GaveUp> {
    let open = gates.try_pass(lock);
    let past_the_gates = !open && is_under_a_reader(lock, mode);
    if (open || past_the_gates) && main_lock::try_lock(&lock.file, mode).map_err(GaveUp::Failed)? {
        gates.entered(lock);
        return Ok(());
    }
    patience.begin(&lock.path)?;
    let passed = if past_the_gates { Ok(()) } else { gates.pass(lock, patience) };
    let taken = passed.and_then(|()| patience.block(|| main_lock::lock(&lock.file, mode)));
    gates.passed(lock);
    taken
}

/// Whether an ancestor of this process reads already. Then another reader must
/// not stand behind a waiting writer, who waits for that ancestor.
#[cfg(all(target_os = "linux", not(fasten_portable)))]
fn is_under_a_reader(lock: &LockFile, mode: Mode) -> bool {
    use crate::holders::{LockId, ancestor_holding, own_pid};

    let ancestor = || ancestor_holding(LockId::of_descriptor(&lock.file)?, Family::Flock, own_pid()?);
    mode == Mode::Shared && ancestor().is_ok_and(|found| found.is_some_and(|one| one.mode == Mode::Shared))
}

/// Without gates no reader stands behind a writer.
#[cfg(not(all(target_os = "linux", not(fasten_portable))))]
fn is_under_a_reader(_lock: &LockFile, _mode: Mode) -> bool {
    false
}
