//! Taking one lock: through the gates to the main lock.
//!
//! First everything is tried, without waiting. Only then, if there is time, the
//! same way is gone again, sleeping in the kernel wherever it is shut. Both ways
//! hold what the gates promise: the first goes in only when nobody is before us.

use std::cell::OnceCell;

use super::endless::Endless;
use super::enter::{enter, try_enter};
use super::file::LockFile;
use super::gates::Gates;
use super::gave_up::GaveUp;
use super::guard::Held;
use super::lookout::Lookout;
use super::mode::Mode;
use super::nested::{Nested, ancestor, conflict};
use super::open::open_again_for_both;
use super::patience::Patience;
use super::request::How;
use crate::holders::Ancestor;

/// What became of it.
#[derive(Debug)]
pub(crate) enum Acquired {
    /// The lock is ours.
    Held(Held),
    /// It is an ancestor's, and that will do.
    Joined(LockFile, Ancestor),
}

/// Takes the lock on an open file. After a refusal nothing is held.
pub(crate) fn acquire(
    mut lock: LockFile,
    how: &How,
    patience: &Patience,
) -> Result<Acquired, (LockFile, GaveUp)> {
    let (gates, unordered) = match Gates::before(&lock, how.mode, how.preference) {
        Ok(gates) => (gates, None),
        Err(why) => (Gates::none(), Some(why)),
    };
    let mut taken = take(&lock, how, &gates, patience);
    if how.mode == Mode::Exclusive
        && lock.is_ours
        && taken.as_ref().is_err_and(GaveUp::is_for_want_of_access)
        && let Some(writable) = open_again_for_both(&lock)
    {
        lock.file = writable;
        taken = take(&lock, how, &gates, patience);
    }
    if !matches!(taken, Ok(None)) {
        gates.leave(&lock);
    }
    match taken {
        Ok(None) => Ok(Acquired::Held(Held::new(lock, how.mode, gates, unordered))),
        Ok(Some(ancestor)) => Ok(Acquired::Joined(lock, ancestor)),
        Err(gave_up) => Err((lock, gave_up)),
    }
}

/// Takes it, or finds the ancestor whose lock will do.
fn take(lock: &LockFile, how: &How, gates: &Gates, patience: &Patience) -> Result<Option<Ancestor>, GaveUp> {
    let above = Above { lock, how, found: OnceCell::new() };
    let open = gates.try_pass(lock);
    let past_the_gates = !open && above.reads_too();
    if (open || past_the_gates) && try_enter(lock, how.mode).map_err(GaveUp::Failed)? {
        gates.entered(lock);
        return Ok(None);
    }
    if let Some(ancestor) = above.in_the_way(patience) {
        return join(ancestor, how);
    }
    patience.begin(&lock.path)?;
    let lookout = how.looks_out().then(|| Lookout::over(lock, how.mode, patience));
    let passed = if past_the_gates { Ok(()) } else { gates.pass(lock, patience) };
    let taken = passed.and_then(|()| enter(lock, how.mode, patience));
    drop(lookout);
    gates.passed(lock);
    taken.map(|()| None)
}

fn join(ancestor: &Ancestor, how: &How) -> Result<Option<Ancestor>, GaveUp> {
    let is_enough = ancestor.mode == Mode::Exclusive || how.mode == Mode::Shared;
    if how.nested == Nested::Join && is_enough {
        return Ok(Some(ancestor.clone()));
    }
    Err(GaveUp::WouldNeverEnd(Box::new(Endless::Ancestor(ancestor.clone()))))
}

/// The ancestor that holds the lock, looked for when it matters and once.
struct Above<'a> {
    lock: &'a LockFile,
    how: &'a How,
    found: OnceCell<Option<Ancestor>>,
}

impl Above<'_> {
    fn ancestor(&self) -> Option<&Ancestor> {
        self.found.get_or_init(|| ancestor(self.lock, self.how.threads)).as_ref()
    }

    /// A reader under a reader must not stand behind a waiting writer: that
    /// writer waits for the outer reader, who waits for the inner one.
    fn reads_too(&self) -> bool {
        self.how.mode == Mode::Shared && self.ancestor().is_some_and(|one| one.mode == Mode::Shared)
    }

    /// The ancestor for which we would wait, and which waits for us. Who is not
    /// to wait does not ask, except to join.
    fn in_the_way(&self, patience: &Patience) -> Option<&Ancestor> {
        let asks = match self.how.nested {
            Nested::Refuse => patience.may_wait(),
            Nested::Join => true,
            Nested::Wait => false,
        };
        let in_the_way = |ancestor: &&Ancestor| conflict(ancestor.mode, self.how.mode);
        asks.then(|| self.ancestor()).flatten().filter(in_the_way)
    }
}
