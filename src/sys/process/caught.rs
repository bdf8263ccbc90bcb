//! Signals that would end this process, caught by a thread while something must
//! not be left half done.

use std::io;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::thread::{self, JoinHandle};

use super::signals::{ending, only};

/// Sent to the thread itself, to have it look up; to others it does nothing.
const LOOK_UP: i32 = libc::SIGURG;

/// Catches until it is ended.
#[derive(Debug)]
pub(crate) struct Caught {
    thread: JoinHandle<()>,
    address: libc::pthread_t,
    shared: Arc<Shared>,
    mask_before: libc::sigset_t,
}

#[derive(Debug, Default)]
struct Shared {
    over: AtomicBool,
    signal: AtomicI32,
}

impl Caught {
    /// Calls this, in another thread, when a signal comes; signals that were
    /// ignored are so still. `None` where there is no thread to be had.
    pub(crate) fn from_now(on_signal: impl FnOnce() + Send + 'static) -> Option<Self> {
        let caught: Vec<i32> = ending().into_iter().chain([LOOK_UP]).collect();
        let set = only(&caught);
        let mut mask_before = only(&[]);
        // SAFETY: both sets are initialised.
        unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, &raw mut mask_before) };
        let shared = Arc::new(Shared::default());
        let catcher = Arc::clone(&shared);
        let catch = move || {
            while !catcher.over.load(Ordering::Acquire) {
                let signal = next(&set);
                if signal != LOOK_UP {
                    catcher.signal.store(signal, Ordering::Release);
                    return on_signal();
                }
            }
        };
        let Ok(thread) = thread::Builder::new().spawn(catch) else {
            restore(&mask_before);
            return None;
        };
        let address = std::os::unix::thread::JoinHandleExt::as_pthread_t(&thread);
        Some(Self { thread, address, shared, mask_before })
    }

    /// Lets them do again what they did before; the one that was caught.
    pub(crate) fn end(self) -> Option<i32> {
        self.shared.over.store(true, Ordering::Release);
        // SAFETY: a thread that has not been joined has an address still.
        unsafe { libc::pthread_kill(self.address, LOOK_UP) };
        let _ = self.thread.join();
        restore(&self.mask_before);
        match self.shared.signal.load(Ordering::Acquire) {
            0 => None,
            signal => Some(signal),
        }
    }
}

fn next(set: &libc::sigset_t) -> i32 {
    let mut signal = 0;
    loop {
        // SAFETY: the set is initialised and the place for the signal is ours.
        match unsafe { libc::sigwait(set, &raw mut signal) } {
            0 => return signal,
            error => debug_assert_eq!(error, libc::EINTR, "{}", io::Error::from_raw_os_error(error)),
        }
    }
}

fn restore(mask: &libc::sigset_t) {
    // SAFETY: the mask was filled in by pthread_sigmask.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, mask, ptr::null_mut()) };
}
