//! Taking one lock: through the gates to the main lock.
//!
//! First everything is tried, without waiting. Only then, if there is time, the
//! same way is gone again, sleeping in the kernel wherever it is shut. Both ways
//! hold what the gates promise: the first goes in only when nobody is before us.

use std::cell::OnceCell;

use super::endless::Endless;
use super::enter::{enter, try_enter};
use super::file::LockFile;
use super::gates::{Gates, Intent, Side};
use super::gave_up::GaveUp;
use super::guard::Held;
use super::lookout::Lookout;
use super::mode::Mode;
use super::nested::{Nested, ancestor, conflict};
use super::open::{Reopened, open_again_for_writing};
use super::patience::Patience;
use super::request::How;
use super::unordered::Unordered;
use crate::holders::Ancestor;

/// What became of it.
#[derive(Debug)]
pub(crate) enum Acquired {
    /// The lock is ours.
    Held(Held),
    /// It is an ancestor's, and that will do.
    Joined(LockFile, Ancestor),
}

/// The same, without the file.
enum Taken {
    /// With what stays closed until the release, and why there was no order, if there was none.
    Entered(Option<Intent>, Option<Unordered>),
    Joined(Ancestor),
}

/// Takes the lock on an open file. After a refusal nothing is held.
pub(crate) fn acquire(
    mut lock: LockFile,
    how: &How,
    patience: &Patience,
) -> Result<Acquired, (LockFile, GaveUp)> {
    let mut taken = take(&lock, how, patience);
    let may_be_for_want_of_access = taken.as_ref().is_err_and(GaveUp::may_be_for_want_of_access);
    if how.mode == Mode::Exclusive && lock.is_ours && may_be_for_want_of_access {
        match open_again_for_writing(&lock) {
            Reopened::Same(writable) => {
                lock.file = writable;
                taken = take(&lock, how, patience);
            }
            Reopened::Moved => taken = Err(GaveUp::Moved),
            Reopened::NotAllowed => {}
        }
    }
    match taken {
        Ok(Taken::Entered(intent, unordered)) => {
            Ok(Acquired::Held(Held::new(lock, how.mode, intent, unordered)))
        }
        Ok(Taken::Joined(ancestor)) => Ok(Acquired::Joined(lock, ancestor)),
        Err(gave_up) => Err((lock, gave_up)),
    }
}

/// Takes it, or finds the ancestor whose lock will do.
fn take(lock: &LockFile, how: &How, patience: &Patience) -> Result<Taken, GaveUp> {
    let side = Side::of(how.mode, how.preference);
    let above = Above { lock, how, found: OnceCell::new() };
    let open = side.finds_the_gates_open(lock);
    let past_the_gates = !open && above.reads_too();
    if (open || past_the_gates) && try_enter(lock, how.mode).map_err(GaveUp::Failed)? {
        return Ok(entered_at_once(lock, side));
    }
    if let Some(ancestor) = above.in_the_way(patience) {
        return join(ancestor, how);
    }
    patience.begin(&lock.path)?;
    let lookout = how.looks_out().then(|| Lookout::over(lock, how.mode, patience));
    let taken = wait(lock, how.mode, if past_the_gates { Side::Bypass } else { side }, patience);
    drop(lookout);
    taken
}

/// A preferring writer announces itself although it had not to wait.
fn entered_at_once(lock: &LockFile, side: Side) -> Taken {
    let gates = if side == Side::PreferringWriter { Gates::before(lock, side) } else { Ok(None) };
    match gates {
        Ok(gates) => Taken::Entered(gates.and_then(Gates::announced), None),
        Err(why) => Taken::Entered(None, Some(why)),
    }
}

/// Goes through the gates, where there are any, to the main lock.
fn wait(lock: &LockFile, mode: Mode, side: Side, patience: &Patience) -> Result<Taken, GaveUp> {
    let (mut gates, unordered) = match Gates::before(lock, side) {
        Ok(gates) => (gates, None),
        Err(why) => (None, Some(why)),
    };
    if let Some(gates) = &mut gates {
        gates.pass(lock, patience)?;
    }
    enter(lock, mode, patience)?;
    Ok(Taken::Entered(gates.and_then(Gates::entered), unordered))
}

fn join(ancestor: &Ancestor, how: &How) -> Result<Taken, GaveUp> {
    let is_enough = ancestor.mode == Mode::Exclusive || how.mode == Mode::Shared;
    if how.nested == Nested::Join && is_enough {
        return Ok(Taken::Joined(ancestor.clone()));
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
