//! Dying by a signal, as the command did.

use std::ptr;

use super::signals::only;

/// Ends the process by the signal, leaving no core: the command has left one.
/// Returns only where the signal does not kill, as for process 1.
pub(crate) fn by(signal: i32) {
    no_core();
    let set = only(&[signal]);
    // SAFETY: the default disposition runs no code of ours, and the set is an
    // initialised one.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const set, ptr::null_mut());
        libc::raise(signal);
    }
}

/// A limit of 0 is for core files; a core that goes to a program (`|` in
/// `core_pattern`) is kept away only by an undumpable process.
fn no_core() {
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: both calls only set a property of this process.
    unsafe {
        libc::setrlimit(libc::RLIMIT_CORE, &raw const none);
        #[cfg(target_os = "linux")]
        libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0);
    }
}
