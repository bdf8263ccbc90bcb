//! How one call waits: for how long, what may cancel it, what is called.

use std::fmt;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::{Duration, Instant};

use super::cancel::CancelToken;
use crate::holders::Ancestor;

/// How a call waits for a lock that somebody else holds: for how long, what may call it off, and who is told.
///
/// ```
/// use fasten::{CancelToken, Wait};
/// use std::time::Duration;
///
/// let cancel = CancelToken::default();
/// let waiting = Wait::at_most(Duration::from_secs(5))
///     .cancel_on(&cancel)
///     .on_wait(&|path| eprintln!("waiting for {}", path.display()));
/// # drop(waiting);
/// ```
#[derive(Clone, Copy)]
pub struct Wait<'a> {
    pub(crate) limit: Limit,
    pub(crate) cancel: Option<&'a CancelToken>,
    pub(crate) tells: &'a dyn Fn(&Path),
    pub(crate) on_doubt: Option<OnDoubt>,
    pub(crate) stop: Option<StopSource<'a>>,
}

/// How long to wait for a lock that somebody else holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Not at all.
    Never,
    /// Until it is free.
    Forever,
    /// So long for the whole call, whatever it has to wait for.
    AtMost(Duration),
    /// Until then.
    Until(Instant),
}

/// What ends a wait from outside.
#[derive(Clone, Copy)]
pub(crate) struct StopSource<'a> {
    pub(crate) descriptor: &'a dyn Fn() -> Option<OwnedFd>,
    /// Whether there is no waiting without.
    pub(crate) is_required: bool,
}

/// Called once, by another thread, with the lock and an ancestor that holds it, when the wait may
/// never end and that is not certain.
pub(crate) type OnDoubt = fn(&Path, &Ancestor);

impl<'a> Wait<'a> {
    /// Until the lock is free.
    #[must_use]
    pub fn forever() -> Self {
        Self::new(Limit::Forever)
    }

    /// Not at all.
    #[must_use]
    pub fn never() -> Self {
        Self::new(Limit::Never)
    }

    /// So long for each call, whatever it has to wait for. A limit of zero is one that has passed already: a lock that is
    /// free is taken, any other is [`TimedOut`](super::Error::TimedOut).
    #[must_use]
    pub fn at_most(limit: Duration) -> Self {
        Self::new(Limit::AtMost(limit))
    }

    /// Until then.
    #[must_use]
    pub fn until(deadline: Instant) -> Self {
        Self::new(Limit::Until(deadline))
    }

    /// The same, and any thread may [call it off](CancelToken::cancel).
    #[must_use]
    pub fn cancel_on(self, cancel: &'a CancelToken) -> Self {
        Self { cancel: Some(cancel), ..self }
    }

    /// The same, and this is called with the path of each lock before it is waited for, in the thread that waits. Once
    /// for the threads of this process and once for other processes, if there are both to wait for.
    #[must_use]
    pub fn on_wait(self, on_wait: &'a dyn Fn(&Path)) -> Self {
        Self { tells: on_wait, ..self }
    }

    /// The same, and this is called once, by another thread, after a second in which an ancestor of
    /// this process holds the lock: it may be waiting for this process, but that is not certain.
    #[doc(hidden)]
    #[must_use]
    pub fn on_doubt(self, on_doubt: fn(&Path, &Ancestor)) -> Self {
        Self { on_doubt: Some(on_doubt), ..self }
    }

    /// The same, and the wait is [cancelled](super::Error::Cancelled) when the descriptor that this gives
    /// can be read. It is called once, when there is something to wait for. Where the system has no
    /// thread left to look at it, nothing is called, and the wait goes on without.
    #[doc(hidden)]
    #[must_use]
    pub fn stopped_by(self, descriptor: &'a dyn Fn() -> Option<OwnedFd>) -> Self {
        Self { stop: Some(StopSource { descriptor, is_required: false }), ..self }
    }

    /// The same, and nothing is waited for where that cannot be looked at.
    #[doc(hidden)]
    #[must_use]
    pub fn only_stopped_by(self, descriptor: &'a dyn Fn() -> Option<OwnedFd>) -> Self {
        Self { stop: Some(StopSource { descriptor, is_required: true }), ..self }
    }

    fn new(limit: Limit) -> Self {
        Self { limit, cancel: None, tells: &|_| (), on_doubt: None, stop: None }
    }
}

impl Default for Wait<'_> {
    /// As [`forever`](Self::forever).
    fn default() -> Self {
        Self::forever()
    }
}

impl fmt::Debug for Wait<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Waiting")
            .field("limit", &self.limit)
            .field("cancel", &self.cancel)
            .finish_non_exhaustive()
    }
}
