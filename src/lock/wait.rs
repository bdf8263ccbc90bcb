//! How one call waits: for how long, what may cancel it, what it calls.

use std::fmt;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::{Duration, Instant};

use super::cancel::CancelToken;
use crate::holders::Ancestor;

/// How a call waits for a lock that is held: for how long, what may cancel the wait, and what is
/// called when it begins.
///
/// The limit is for the whole call: for the threads of this process, the gates, the lock itself,
/// and every lock of a [`lock_all`](crate::lock_all). The waiting thread blocks in the kernel and
/// never polls.
///
/// # SIGURG
///
/// No lock call of the kernel takes a limit. So a call that waits for another process starts a
/// second thread, which interrupts the first one with SIGURG: when the time is up, when a token is
/// cancelled, and when the wait turns out to be a deadlock. A call that need not wait starts no
/// thread and touches no signal.
///
/// While any such wait lasts, SIGURG has a handler of this library. It calls the handler that the
/// program had, if it had one, for each SIGURG, those of this library included. SIGURG is unblocked
/// in the waiting thread, and sent to that thread only. After the last such wait the program's
/// handler and mask are back. The default action of SIGURG is to do nothing, so a program that does
/// not use it notices nothing. A program that does use it must expect calls of its handler that
/// this library causes, and must not change the handler during a wait, which might then outlast its
/// limit.
///
/// Python's fasteners has `acquire(blocking, timeout)` for it, and polls.
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
    pub(crate) notify: &'a (dyn Fn(&Path) + Sync),
    pub(crate) on_doubt: Option<OnDoubt>,
    pub(crate) stop: Option<StopSource<'a>>,
}

/// How long a call waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    Never,
    Forever,
    /// This time for the whole call, whatever it has to wait for.
    AtMost(Duration),
    Until(Instant),
}

/// A descriptor that ends a wait when it becomes readable.
#[derive(Clone, Copy)]
pub(crate) struct StopSource<'a> {
    pub(crate) descriptor: &'a (dyn Fn() -> Option<OwnedFd> + Sync),
    /// Whether the call must not wait where the descriptor cannot be polled.
    pub(crate) is_required: bool,
}

/// Another thread calls this once, with the lock and an ancestor that holds it, when the wait may
/// be a deadlock and that is not certain.
pub(crate) type OnDoubt = fn(&Path, &Ancestor);

impl<'a> Wait<'a> {
    /// Waits until the lock is free.
    #[must_use]
    pub const fn forever() -> Self {
        Self::new(Limit::Forever)
    }

    /// Does not wait: a lock that is not free is [`Busy`](super::Error::Busy).
    #[must_use]
    pub const fn never() -> Self {
        Self::new(Limit::Never)
    }

    /// Waits at most this time in each call, whatever it has to wait for; then the call fails with
    /// [`TimedOut`](super::Error::TimedOut). With a limit of zero the call acquires a lock that is
    /// free, and any other one is `TimedOut` at once.
    #[must_use]
    pub const fn at_most(limit: Duration) -> Self {
        Self::new(Limit::AtMost(limit))
    }

    /// Waits until this instant; then the call fails with [`TimedOut`](super::Error::TimedOut).
    #[must_use]
    pub const fn until(deadline: Instant) -> Self {
        Self::new(Limit::Until(deadline))
    }

    /// Lets any thread [cancel](CancelToken::cancel) the wait; then the call fails with
    /// [`Cancelled`](super::Error::Cancelled). If the token is cancelled already, the call does not
    /// wait, and still acquires a lock that is free.
    #[must_use]
    pub fn cancel_on(self, cancel: &'a CancelToken) -> Self {
        Self { cancel: Some(cancel), ..self }
    }

    /// Calls this with the path of each lock before the call waits for it, in the thread that
    /// waits: once for the threads of this process and once for other processes, if it waits for
    /// both. A call that need not wait does not call it.
    #[must_use]
    pub fn on_wait(self, on_wait: &'a (dyn Fn(&Path) + Sync)) -> Self {
        Self { notify: on_wait, ..self }
    }

    /// Calls this once, from another thread, after a second in which an ancestor of this process
    /// holds the lock: the ancestor may be waiting for this process, but that is not certain.
    #[doc(hidden)]
    #[must_use]
    pub fn on_doubt(self, on_doubt: fn(&Path, &Ancestor)) -> Self {
        Self { on_doubt: Some(on_doubt), ..self }
    }

    /// [Cancels](super::Error::Cancelled) the wait when the descriptor that this returns becomes
    /// readable. It is called once, when the call has to wait at gates: there a signal that ends the
    /// process would leave the gate file behind. Where the system has no thread left to poll the
    /// descriptor, it is not called, and the call waits without it.
    #[doc(hidden)]
    #[must_use]
    pub fn stopped_by(self, descriptor: &'a (dyn Fn() -> Option<OwnedFd> + Sync)) -> Self {
        Self { stop: Some(StopSource { descriptor, is_required: false }), ..self }
    }

    /// As [`stopped_by`](Self::stopped_by), but a call that cannot poll the descriptor fails
    /// instead of waiting.
    #[doc(hidden)]
    #[must_use]
    pub fn only_stopped_by(self, descriptor: &'a (dyn Fn() -> Option<OwnedFd> + Sync)) -> Self {
        Self { stop: Some(StopSource { descriptor, is_required: true }), ..self }
    }

    const fn new(limit: Limit) -> Self {
        Self { limit, cancel: None, notify: &|_| (), on_doubt: None, stop: None }
    }
}

impl From<Duration> for Wait<'_> {
    /// As [`at_most`](Self::at_most).
    fn from(limit: Duration) -> Self {
        Self::at_most(limit)
    }
}

impl From<Instant> for Wait<'_> {
    /// As [`until`](Self::until).
    fn from(deadline: Instant) -> Self {
        Self::until(deadline)
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
        out.debug_struct("Wait")
            .field("limit", &self.limit)
            .field("cancel", &self.cancel)
            .finish_non_exhaustive()
    }
}
