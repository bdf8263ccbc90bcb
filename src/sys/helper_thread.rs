//! Helper threads, which exit by themselves and are never joined.
//!
//! A thread that holds a lock must not wait for another one. And signals for the process must reach
//! the threads that were there before, so a helper thread blocks them all.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::thread;

/// The name of every helper thread, of at most 15 letters. The search for deadlocks ignores threads
/// of this name when it decides whether a process only waits.
pub const NAME: &str = "fasten-wait";

/// Starts a helper thread for this job, with all signals blocked.
///
/// # Errors
/// The system has no thread left.
pub fn spawn(job: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let (mut all, mut before) = (MaybeUninit::<libc::sigset_t>::zeroed(), MaybeUninit::zeroed());
    // A new thread inherits the mask of the one that starts it, so it never runs with signals open.
    // SAFETY: sigfillset initialises the set before it is read, and a zeroed set is a valid one.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
    }
    let started = thread::Builder::new().name(NAME.to_owned()).spawn(job);
    // SAFETY: pthread_sigmask has filled in the mask.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), ptr::null_mut()) };
    started.map(drop)
}
