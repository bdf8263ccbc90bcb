//! Helper threads, which exit by themselves and are never joined.
//!
//! A thread that holds a lock must not wait for another one. And signals for the process must reach
//! the threads that were there before, so a helper thread blocks them all.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

/// The name of a helper thread, of at most 15 letters. The search for deadlocks ignores threads
/// of this name when it decides whether a process only waits.
pub const NAME: &str = "fasten-wait";

static BLOCKS_RESERVED: AtomicBool = AtomicBool::new(false);

/// From now on, helper threads and the threads that start them also block the signals that the C
/// library reserves for itself. musl unblocks them for the first thread, but any process can send
/// them, and then they kill. For a program that never changes its user ids: setuid(2) would wait
/// until each thread has handled such a signal.
pub fn block_reserved() {
    BLOCKS_RESERVED.store(true, Relaxed);
}

/// Starts a helper thread for this job, with all signals blocked.
///
/// # Errors
/// The system has no thread left.
pub fn spawn(job: impl FnOnce() + Send + 'static) -> io::Result<()> {
    spawn_named(NAME, job)
}

/// Starts a thread of another name for this job, with all signals blocked. The search for deadlocks
/// counts it as one that works.
///
/// # Errors
/// The system has no thread left.
pub(crate) fn spawn_named(name: &str, job: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let (mut all, mut before) = (MaybeUninit::<libc::sigset_t>::zeroed(), MaybeUninit::zeroed());
    // A new thread inherits the mask of the one that starts it, so it never runs with signals open.
    // SAFETY: sigfillset initialises the set before it is read, and a zeroed set is a valid one.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_BLOCK, all.as_ptr(), before.as_mut_ptr());
    }
    let started = thread::Builder::new().name(name.to_owned()).spawn(|| {
        block_what_is_reserved();
        job();
    });
    // Only what was blocked here is unblocked. The mask from before, as musl returns it, lacks the
    // C library's own signals, which the command blocks too.
    // SAFETY: sigfillset and pthread_sigmask have filled in the sets.
    unsafe {
        for signal in (1..=64).filter(|signal| libc::sigismember(before.as_ptr(), *signal) == 1) {
            libc::sigdelset(all.as_mut_ptr(), signal);
        }
        libc::pthread_sigmask(libc::SIG_UNBLOCK, all.as_ptr(), ptr::null_mut());
    }
    block_what_is_reserved();
    started.map(drop)
}

fn block_what_is_reserved() {
    #[cfg(target_env = "musl")]
    if BLOCKS_RESERVED.load(Relaxed) {
        const FIRST: u32 = 32;
        const LAST: u32 = 34;
        let mut reserved = MaybeUninit::<libc::sigset_t>::zeroed();
        let words = reserved.as_mut_ptr().cast::<libc::c_ulong>();
        // SAFETY: a set is an array of such words, with one bit for each signal; sigaddset leaves
        // these out. It is initialised.
        unsafe {
            for number in FIRST - 1..LAST {
                let word = words.add((number / libc::c_ulong::BITS) as usize);
                *word |= 1 << (number % libc::c_ulong::BITS);
            }
            libc::pthread_sigmask(libc::SIG_BLOCK, reserved.as_ptr(), ptr::null_mut());
        }
    }
}
