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
use super::open::open_again_for_writing;
use super::patience::Patience;
use super::request::Request;
use crate::holders::Ancestor;

/// How the taking went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    /// The lock is ours.
    Taken,
    /// It is an ancestor's, and that will do.
    Joined,
}

/// Takes the lock on an open file; `None` if it is enough that an ancestor has
/// it. After a refusal nothing is held.
pub(crate) fn acquire(
    mut lock: LockFile,
    request: &Request,
    patience: &Patience,
) -> Result<Option<Held>, (LockFile, GaveUp)> {
    let (gates, unordered) = match Gates::before(&lock, request.mode, request.preference) {
        Ok(gates) => (gates, None),
        Err(why) => (Gates::none(), Some(why)),
    };
    let mut taken = take(&lock, request, &gates, patience);
    if request.mode == Mode::Exclusive
        && lock.is_ours
        && taken.as_ref().is_err_and(GaveUp::is_for_want_of_access)
        && let Some(writable) = open_again_for_writing(&lock)
    {
        lock.file = writable;
        taken = take(&lock, request, &gates, patience);
    }
    match taken {
        Ok(Entry::Taken) => Ok(Some(Held::new(lock, gates, unordered))),
        Ok(Entry::Joined) => Ok(None),
        Err(gave_up) => Err((lock, gave_up)),
    }
}

fn take(lock: &LockFile, request: &Request, gates: &Gates, patience: &Patience) -> Result<Entry, GaveUp> {
    let above = Above { lock, request, found: OnceCell::new() };
    let open = gates.try_pass(lock);
    let past_the_gates = !open && above.reads_too();
    if (open || past_the_gates) && try_enter(lock, request.mode).map_err(GaveUp::Failed)? {
        gates.entered(lock);
        return Ok(Entry::Taken);
    }
    if let Some(ancestor) = above.in_the_way(patience) {
        return join(ancestor, request);
    }
    patience.begin(&lock.path)?;
    let lookout = (request.nested != Nested::Wait).then(|| Lookout::over(lock, request.mode, patience));
    let passed = if past_the_gates { Ok(()) } else { gates.pass(lock, patience) };
    let taken = passed.and_then(|()| enter(lock, request.mode, patience));
    drop(lookout);
    gates.passed(lock);
    taken.map(|()| Entry::Taken)
}

fn join(ancestor: &Ancestor, request: &Request) -> Result<Entry, GaveUp> {
    let is_enough = ancestor.mode == Mode::Exclusive || request.mode == Mode::Shared;
    if request.nested == Nested::Join && is_enough {
        return Ok(Entry::Joined);
    }
    Err(GaveUp::WouldNeverEnd(Box::new(Endless::Ancestor(ancestor.clone()))))
}

/// The ancestor that holds the lock, looked for when it matters and once.
struct Above<'a> {
    lock: &'a LockFile,
    request: &'a Request,
    found: OnceCell<Option<Ancestor>>,
}

impl Above<'_> {
    fn ancestor(&self) -> Option<&Ancestor> {
        self.found.get_or_init(|| ancestor(self.lock)).as_ref()
    }

    /// A reader under a reader must not stand behind a waiting writer: that
    /// writer waits for the outer reader, who waits for the inner one.
    fn reads_too(&self) -> bool {
        self.request.mode == Mode::Shared && self.ancestor().is_some_and(|one| one.mode == Mode::Shared)
    }

    /// The ancestor for which we would wait, and which waits for us. Who is not
    /// to wait does not ask, except to join.
    fn in_the_way(&self, patience: &Patience) -> Option<&Ancestor> {
        let asks = match self.request.nested {
            Nested::Refuse => patience.may_wait(),
            Nested::Join => true,
            Nested::Wait => false,
        };
        let in_the_way = |ancestor: &&Ancestor| conflict(ancestor.mode, self.request.mode);
        asks.then(|| self.ancestor()).flatten().filter(in_the_way)
    }
}
