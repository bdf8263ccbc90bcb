//! SIGPIPE: ours to ignore while we speak, and not the command's to inherit so.

use std::sync::atomic::{AtomicUsize, Ordering};

static BEFORE: AtomicUsize = AtomicUsize::new(libc::SIG_IGN);

/// From now on a write to a broken pipe is an error and not our end.
pub(crate) fn ignore_broken() {
    // SAFETY: ignoring a signal runs no code of ours.
    let before = unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
    if before == libc::SIG_DFL {
        BEFORE.store(before, Ordering::Relaxed);
    }
}

/// Puts back what was before the first [`ignore_broken`], if there was one: the
/// command is about to inherit it.
pub(crate) fn restore() {
    let before = BEFORE.swap(libc::SIG_IGN, Ordering::Relaxed);
    if before != libc::SIG_IGN {
        // SAFETY: the default disposition runs no code of ours.
        unsafe { libc::signal(libc::SIGPIPE, before) };
    }
}
