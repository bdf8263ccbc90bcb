//! Threads that help the one that starts them, and that nobody waits for.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::thread;

/// The name of these threads, in at most 15 letters: those that look for deadlocks know by it that a
/// process does nothing but wait.
pub const NAME: &str = "fasten-wait";

/// Starts one that takes no signal of the process: those are for the threads that were there before. It is never joined,
/// so it has to end by itself.
///
/// # Errors
/// Those of starting a thread.
pub fn spawn(job: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let (mut all, mut before) = (MaybeUninit::<libc::sigset_t>::zeroed(), MaybeUninit::zeroed());
    // SAFETY: sigfillset initialises the set before it is read, and a zeroed set is a valid one.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
    }
    let started = thread::Builder::new().name(NAME.to_owned()).spawn(job);
    // SAFETY: the mask was filled in by pthread_sigmask.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), ptr::null_mut()) };
    started.map(drop)
}
