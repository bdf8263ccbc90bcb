//! Where the process begins.
//!
//! Rust's own start-up puts three things into the way of a wrapper: it ignores
//! SIGPIPE, so that nobody can tell any more what the command should inherit; it
//! opens /dev/null for closed standard streams, which the command would then
//! see; and it reads /proc/self/maps for the guard page of the stack, which takes
//! longer than the lock. The C library's `main` does none of that.

use std::ffi::{CStr, OsStr, OsString, c_char, c_int};
use std::os::unix::ffi::OsStrExt;

// SAFETY: the binary is built without Rust's `main`, so this is the only
// symbol of that name.
#[unsafe(no_mangle)]
extern "C" fn main(count: c_int, arguments: *const *const c_char) -> c_int {
    let count = usize::try_from(count).unwrap_or(0);
    // SAFETY: the C library passes `count` pointers to strings that live as
    // long as the process.
    let arguments = (0..count).map(|i| unsafe { CStr::from_ptr(*arguments.add(i)) });
    let owned = arguments.map(|argument| OsString::from(OsStr::from_bytes(argument.to_bytes())));
    super::signals::end_process_1();
    crate::run(owned.collect()).into()
}
