//! Interrupts a thread that blocks in a lock call.
//!
//! flock(2) has no timeout; only a signal handler that runs ends the call early. The signal is
//! SIGURG. Its default action is to do nothing, so a signal that arrives after the handler was
//! removed does no harm; Go's runtime chose it for the same reason. It is sent to the waiting
//! thread alone, and unblocked there, so it works whatever the caller has blocked or ignored.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::per_process::PerProcess;

const SIGNAL: libc::c_int = libc::SIGURG;

static INSTALLED: PerProcess<Mutex<Installed>> = PerProcess::new();

#[derive(Default)]
struct Installed {
    users: usize,
    before: Option<libc::sigaction>,
}

/// Makes the thread that created it interruptible, until it is dropped.
///
/// The first one in the process installs the handler; the drop of the last one restores the
/// signal's disposition.
#[derive(Debug)]
pub(crate) struct Interruptible {
    /// Whether the thread had the signal blocked before.
    was_blocked: bool,
    target: InterruptTarget,
}

/// A thread that can be interrupted. It must not be used after that thread's [`Interruptible`] was
/// dropped: the thread may have exited by then.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InterruptTarget(libc::pthread_t);

impl Interruptible {
    /// Makes the calling thread interruptible.
    pub(crate) fn new() -> io::Result<Self> {
        let mut installed = installed();
        if installed.users == 0 {
            installed.before = Some(install_handler()?);
        }
        let was_blocked = unblock()?;
        installed.users += 1;
        // SAFETY: pthread_self has no preconditions.
        Ok(Self { was_blocked, target: InterruptTarget(unsafe { libc::pthread_self() }) })
    }

    /// The thread that created this, for other threads to interrupt.
    pub(crate) fn target(&self) -> InterruptTarget {
        self.target
    }
}

impl Drop for Interruptible {
    fn drop(&mut self) {
        // Only this signal: others that the thread has blocked meanwhile stay blocked.
        if self.was_blocked {
            let signal = this_signal();
            // SAFETY: the set is initialised.
            unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const signal, ptr::null_mut()) };
        }
        let mut installed = installed();
        installed.users -= 1;
        if installed.users == 0
            && let Some(before) = installed.before.take()
        {
            // SAFETY: sigaction has filled in `before`.
            unsafe { libc::sigaction(SIGNAL, &raw const before, ptr::null_mut()) };
        }
    }
}

impl InterruptTarget {
    /// Ends the lock call that the thread is in. A thread that is only about to enter the call is
    /// missed, so the caller repeats this until the thread reports that it is out.
    pub(crate) fn interrupt(self) {
        // SAFETY: the thread has not exited, because its Interruptible lives.
        unsafe { libc::pthread_kill(self.0, SIGNAL) };
    }
}

extern "C" fn do_nothing(_signal: libc::c_int) {}

fn install_handler() -> io::Result<libc::sigaction> {
    let mut before = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a zeroed sigaction is a valid one with no flags (so without SA_RESTART, which would
    // restart the interrupted call), and the handler does nothing, which is safe at any point.
    unsafe {
        let mut wanted: libc::sigaction = MaybeUninit::zeroed().assume_init();
        wanted.sa_sigaction = do_nothing as extern "C" fn(libc::c_int) as libc::sighandler_t;
        match libc::sigaction(SIGNAL, &raw const wanted, before.as_mut_ptr()) {
            0 => Ok(before.assume_init()),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

/// Unblocks the signal in this thread; whether it was blocked.
fn unblock() -> io::Result<bool> {
    let (signal, mut before) = (this_signal(), MaybeUninit::<libc::sigset_t>::zeroed());
    // SAFETY: the set is initialised; pthread_sigmask writes the old mask to `before`, which is
    // read only if that succeeded.
    unsafe {
        match libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const signal, before.as_mut_ptr()) {
            0 => Ok(libc::sigismember(before.as_ptr(), SIGNAL) == 1),
            error => Err(io::Error::from_raw_os_error(error)),
        }
    }
}

fn this_signal() -> libc::sigset_t {
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: sigemptyset initialises the set before anything is added to it.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), SIGNAL);
        set.assume_init()
    }
}

fn installed() -> MutexGuard<'static, Installed> {
    INSTALLED.get().lock().unwrap_or_else(PoisonError::into_inner)
}
