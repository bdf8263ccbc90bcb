//! pthread_setname_np(3) in place of musl's.
//!
//! musl's one can name other threads too, and prints the path in /proc for that: it brings printf(3)
//! into the binary, a sixtieth of it. Rust's library names only the thread that it runs in.

use std::ffi::{c_char, c_int};

/// Names the calling thread, whichever is asked for.
// SAFETY: the C library's function of this name is in an archive, from which it is not taken then.
#[unsafe(no_mangle)]
extern "C" fn pthread_setname_np(_thread: libc::pthread_t, name: *const c_char) -> c_int {
    // SAFETY: the caller passes a string, of which the kernel reads at most 16 bytes.
    match unsafe { libc::prctl(libc::PR_SET_NAME, name) } {
        0 => 0,
        _ => libc::EINVAL,
    }
}
