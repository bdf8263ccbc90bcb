//! Holding back the signals that would end this process, while it has something
//! to clean up.

use std::mem::MaybeUninit;
use std::ptr;

use super::signals::only;

const ENDING: [i32; 4] = [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT];

/// While this lives, they do not end the process; when it is dropped, one that
/// has arrived does.
#[derive(Debug)]
pub(crate) struct HeldBack {
    mask_before: libc::sigset_t,
}

impl HeldBack {
    /// From now on. What is ignored stays so, as under nohup(1).
    pub(crate) fn new() -> Self {
        let ending: Vec<i32> = ENDING.into_iter().filter(|signal| would_end_us(*signal)).collect();
        let (held, mut mask_before) = (only(&ending), only(&[]));
        // SAFETY: both sets are initialised.
        unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const held, &raw mut mask_before) };
        Self { mask_before }
    }

    /// Whether one of them has arrived.
    pub(crate) fn arrived(&self) -> bool {
        let mut pending = only(&[]);
        // SAFETY: both sets are initialised.
        let is_in = |set: &libc::sigset_t, signal| unsafe { libc::sigismember(set, signal) == 1 };
        // SAFETY: the set is ours, and initialised.
        unsafe { libc::sigpending(&raw mut pending) };
        ENDING.iter().any(|signal| is_in(&pending, *signal) && !is_in(&self.mask_before, *signal))
    }
}

impl Drop for HeldBack {
    fn drop(&mut self) {
        // SAFETY: the mask is the one that was before.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.mask_before, ptr::null_mut()) };
    }
}

fn would_end_us(signal: i32) -> bool {
    let mut found = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: nothing is changed, and a zeroed sigaction is a valid one.
    let found = unsafe {
        libc::sigaction(signal, ptr::null(), found.as_mut_ptr());
        found.assume_init()
    };
    found.sa_sigaction != libc::SIG_IGN
}
