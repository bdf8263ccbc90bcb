//! Getting a thread out of a lock call in which it sleeps.
//!
//! The kernel has no flock(2) with a deadline; a signal handler that runs is
//! the only thing that ends the call early. The signal is SIGURG: its default
//! action is to do nothing, so one that arrives late, when the handler is gone
//! again, is harmless (the Go runtime picked it for the same reason). It is
//! sent to the one waiting thread, whose mask is opened for it, so it does not
//! matter what the caller has blocked or ignored.

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

/// A thread that may be interrupted while this value lives.
///
/// Made by the thread itself. When the last one in the process is dropped the
/// signal's disposition is what it was before the first.
#[derive(Debug)]
pub(crate) struct Interruptible {
    /// Whether the thread had the signal blocked before.
    was_blocked: bool,
    target: InterruptTarget,
}

/// The address at which an [`Interruptible`] thread is interrupted. It must
/// not be used after that thread's [`Interruptible`] is gone.
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

    /// Where the thread that made this can be interrupted.
    pub(crate) fn target(&self) -> InterruptTarget {
        self.target
    }
}

impl Drop for Interruptible {
    fn drop(&mut self) {
        // Only this signal: what else the thread has blocked meanwhile stays so.
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
            // SAFETY: `before` was filled in by sigaction.
            unsafe { libc::sigaction(SIGNAL, &raw const before, ptr::null_mut()) };
        }
    }
}

impl InterruptTarget {
    /// Ends the lock call that the thread is in, if it is in one. A thread
    /// about to enter the call is missed: repeat until it says that it is out.
    pub(crate) fn interrupt(self) {
        // SAFETY: the thread lives, because its Interruptible does.
        unsafe { libc::pthread_kill(self.0, SIGNAL) };
    }
}

extern "C" fn do_nothing(_signal: libc::c_int) {}

fn install_handler() -> io::Result<libc::sigaction> {
    let mut before = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a zeroed sigaction is a valid one with no flags (so without
    // SA_RESTART, which would start the interrupted call again), and the
    // handler does nothing, which is safe at any point.
    unsafe {
        let mut wanted: libc::sigaction = MaybeUninit::zeroed().assume_init();
        wanted.sa_sigaction = do_nothing as extern "C" fn(libc::c_int) as libc::sighandler_t;
        match libc::sigaction(SIGNAL, &raw const wanted, before.as_mut_ptr()) {
            0 => Ok(before.assume_init()),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

/// Whether it was blocked.
fn unblock() -> io::Result<bool> {
    let (signal, mut before) = (this_signal(), MaybeUninit::<libc::sigset_t>::zeroed());
    // SAFETY: the set is initialised, and the mask before is written to a place of ours and then read.
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
