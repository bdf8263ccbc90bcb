//! Holding back the signals that would end this process, while it has something
//! to clean up.

use std::ptr;

use super::signals;

/// While this lives, they do not end the process; when it is dropped, one that
/// has arrived does.
#[derive(Debug)]
pub(crate) struct HeldBack {
    ending: Vec<i32>,
    mask_before: libc::sigset_t,
}

impl HeldBack {
    /// From now on. What is ignored stays so, as under nohup(1).
    pub(crate) fn new() -> Self {
        let ending = signals::ending();
        let (held, mut mask_before) = (signals::only(&ending), signals::only(&[]));
        // SAFETY: both sets are initialised.
        unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const held, &raw mut mask_before) };
        Self { ending, mask_before }
    }

    /// Whether one of them has arrived.
    pub(crate) fn arrived(&self) -> bool {
        let mut pending = signals::only(&[]);
        // SAFETY: both sets are initialised.
        let is_in = |set: &libc::sigset_t, signal| unsafe { libc::sigismember(set, signal) == 1 };
        // SAFETY: the set is ours, and initialised.
        unsafe { libc::sigpending(&raw mut pending) };
        self.ending.iter().any(|signal| is_in(&pending, *signal) && !is_in(&self.mask_before, *signal))
    }
}

impl Drop for HeldBack {
    fn drop(&mut self) {
        // SAFETY: the mask is the one that was before.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.mask_before, ptr::null_mut()) };
    }
}
