//! Ends the sleep of a thread in a lock call: at a deadline, or when another thread wakes it.
//!
//! The kernel's lock calls take no timeout; only a signal handler that runs ends them early. So a
//! thread that may have to stop waiting starts a helper thread (`interrupter_thread`), which sends
//! it a signal when the deadline passes, a [`Waker`] is used, the stop descriptor becomes readable,
//! or the deadlock watch finds that the wait would never end.
//!
//! No interruption is lost. The waiting thread checks whether it must stop, and then enters the
//! call; a signal that arrives between the two runs its handler too early, and the call sleeps all
//! the same. Three rules close that gap:
//!
//! 1. The reason to stop is stored before the first signal is sent. It stays until the waiting
//!    thread reads it, so a check that comes later sees it.
//! 2. The waiting thread announces the call ([`InCall`]) before it checks.
//! 3. The helper thread repeats the signal every millisecond until the waiting thread has read the
//!    reason or has left the call. At most one of these signals can come too early.
//!
//! No signal is sent too late: the announcement is set and withdrawn under the mutex under which
//! the helper thread sends. And the waiting thread never waits for the helper thread to exit, for
//! by then it holds a lock that others wait for.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::interrupter_thread::{Check, Shared, Watch};
use super::stop_descriptor::StopDescriptor;
use super::wait_error::WaitError;
use crate::sys::helper_thread;
use crate::sys::interrupt::Interruptible;

/// Interrupts the lock calls of the thread that started it, until it is dropped.
#[derive(Debug)]
pub(crate) struct Interrupter {
    shared: Arc<Shared>,
    interruptible: Interruptible,
}

/// Wakes the thread of one interrupter, from any thread.
#[derive(Debug, Clone)]
pub(crate) struct Waker(Arc<Shared>);

/// The thread is in a lock call, which the helper thread may interrupt, until this is dropped.
#[derive(Debug)]
pub(crate) struct InCall<'a>(&'a Shared);

impl Interrupter {
    /// Starts a helper thread for the calling thread; without a deadline it only waits to be woken.
    ///
    /// # Errors
    /// The system has no thread left, or refuses the signal handler.
    pub(crate) fn start(deadline: Option<Instant>) -> io::Result<Self> {
        let interruptible = Interruptible::new()?;
        let shared = Arc::new(Shared::default());
        let helper = Arc::clone(&shared);
        helper_thread::spawn(move || helper.run(deadline))?;
        Ok(Self { shared, interruptible })
    }

    /// Announces that the calling thread, which started this, is about to enter a lock call.
    pub(crate) fn enter_call(&self) -> InCall<'_> {
        let target = self.interruptible.target();
        self.shared.change(|state| state.in_call = Some(target));
        InCall(&self.shared)
    }

    /// Has the helper thread run this check after the delay, and again as its verdict says, until
    /// [`unwatch`](Self::unwatch).
    pub(crate) fn watch(&self, delay: Duration, check: Check) {
        let watch = Watch { at: Instant::now() + delay, check };
        self.shared.change(|state| state.watch = Some(watch));
    }

    /// Ends the checks. A verdict that the thread has not read is discarded, and so is the verdict
    /// of a check that still runs.
    pub(crate) fn unwatch(&self) {
        let mut state = self.shared.lock();
        (state.watch, state.end, state.woken) = (None, None, false);
        state.watches_ended += 1;
    }

    /// Ends this wait and each later one when the descriptor that `open` returns becomes readable.
    /// Only the first call has an effect.
    pub(crate) fn stop_when_readable(&self, open: impl FnOnce() -> Option<OwnedFd>) -> io::Result<()> {
        if self.shared.lock().stop.is_some() {
            return Ok(());
        }
        let stop = StopDescriptor::new(open)?;
        self.shared.change(|state| state.stop = stop.map(Arc::new));
        Ok(())
    }

    /// Whether the stop descriptor has become readable.
    pub(crate) fn is_stopped(&self) -> bool {
        self.shared.lock().stopped
    }

    /// What wakes the thread of this interrupter.
    pub(crate) fn waker(&self) -> Waker {
        Waker(Arc::clone(&self.shared))
    }

    /// Takes the reason for which the wait must end, if there is one. That also ends the signals
    /// for [`wake`](Waker::wake): the caller checks next whether it is cancelled.
    pub(crate) fn take_end(&self) -> Option<WaitError> {
        let mut state = self.shared.lock();
        state.woken = false;
        state.end.take()
    }
}

impl Waker {
    /// Interrupts the thread, which then checks whether it must stop. The first signal is sent here,
    /// which spares a change of threads; the helper thread repeats it if it came too early.
    pub(crate) fn wake(&self) {
        self.0.change(|state| {
            state.woken = true;
            if let Some(target) = state.in_call {
                target.interrupt();
            }
        });
    }

    /// Ends the wait of the thread for this reason.
    pub(crate) fn end_wait(&self, why: WaitError) {
        self.0.change(|state| (state.end, state.woken) = (Some(why), true));
    }

    /// Discards the reason, if the thread has not read it.
    pub(crate) fn withdraw(&self) {
        let mut state = self.0.lock();
        (state.end, state.woken) = (None, false);
    }

    /// Whether both wake the same thread's interrupter.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Drop for Interrupter {
    fn drop(&mut self) {
        self.shared.change(|state| state.finished = true);
    }
}

impl Drop for InCall<'_> {
    fn drop(&mut self) {
        self.0.lock().in_call = None;
    }
}
