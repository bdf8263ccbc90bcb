//! Where the process starts, and where it ends by a signal or by becoming the command.
//!
//! The entry is the C library's `main`, because Rust's start-up code hinders a wrapper. It ignores
//! SIGPIPE, and then nothing shows what the command should inherit; it opens /dev/null for closed
//! standard streams, and the command would inherit that; and it reads /proc/self/maps for the guard
//! page of the stack, which takes longer than the lock.

use std::ffi::{CStr, CString, OsStr, OsString, c_char, c_int};
use std::os::unix::ffi::OsStrExt;
use std::{io, ptr};

use super::exec::Image;
use super::signal_set::only;

// SAFETY: the binary is built without Rust's `main`, so this is the only symbol of that name.
#[unsafe(no_mangle)]
extern "C" fn main(count: c_int, arguments: *const *const c_char) -> c_int {
    let count = usize::try_from(count).unwrap_or(0);
    // SAFETY: the C library passes `count` pointers to strings that live as long as the process.
    let arguments = (0..count).map(|i| unsafe { CStr::from_ptr(*arguments.add(i)) });
    let owned = arguments.map(|argument| OsString::from(OsStr::from_bytes(argument.to_bytes())));
    super::signals::end_process_1();
    crate::run(owned.collect()).into()
}

/// Ends the process by the signal, without a core: the command has left one. Returns only if the
/// signal does not kill, as for process 1.
pub(crate) fn die_by(signal: i32) {
    no_core();
    let set = only(&[signal]);
    // SAFETY: the default disposition runs no code of ours, and the set is initialised.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const set, ptr::null_mut());
        libc::raise(signal);
    }
}

/// The limit prevents core files; only an undumpable process prevents a core that is piped to a
/// program (`|` in `core_pattern`).
fn no_core() {
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: both calls only set a property of this process.
    unsafe {
        libc::setrlimit(libc::RLIMIT_CORE, &raw const none);
        #[cfg(target_os = "linux")]
        libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0);
    }
}

/// Replaces this process by the program, which is looked up in `PATH` and gets these variables in
/// its environment; /bin/sh runs a file without
/// `#!`. Returns only if that fails.
pub(crate) fn replace_process(words: &[CString], variables: &[CString]) -> io::Error {
    // SAFETY: the words and variables outlive the call.
    unsafe { Image::new(words, variables).replace_process() }
}
