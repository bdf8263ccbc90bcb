//! Taking one lock: through the gates to the main lock.
//!
//! First everything is tried, without waiting. Only then, if there is time, the
//! same way is gone again, sleeping in the kernel wherever it is shut. Both ways
//! hold what the gates promise: the first goes in only when nobody is before us.

use super::file::LockFile;
use super::gates::Gates;
use super::guard::Held;
use super::main_lock;
use super::mode::{Mode, Preference};
use super::nested::is_under_a_reader;
use super::open::open_again_for_writing;
use super::patience::{GaveUp, Patience};

/// Takes the lock on an open file. After a refusal nothing is held.
pub(crate) fn acquire(
    mut lock: LockFile,
    mode: Mode,
    preference: Preference,
    patience: &Patience,
) -> Result<Held, (LockFile, GaveUp)> {
    let (gates, unordered) = match Gates::before(&lock, mode, preference) {
        Ok(gates) => (gates, None),
        Err(why) => (Gates::none(), Some(why)),
    };
    let mut taken = take(&lock, mode, &gates, patience);
    if mode == Mode::Exclusive
        && taken.as_ref().is_err_and(GaveUp::is_for_want_of_writing)
        && let Some(writable) = open_again_for_writing(&lock)
    {
        lock.file = writable;
        taken = take(&lock, mode, &gates, patience);
    }
    match taken {
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
