//! Becoming another program.

use std::ffi::{CString, c_char};
use std::{io, iter, ptr};

/// The words as the null-terminated list of pointers that C wants. It borrows
/// from the words.
pub(super) fn pointers(words: &[CString]) -> Vec<*const c_char> {
    words.iter().map(|word| word.as_ptr()).chain(iter::once(ptr::null())).collect()
}

/// Replaces this process by the program, looked for in `PATH`; a file without
/// `#!` is run by /bin/sh. Returns only if that fails.
pub(crate) fn replace_process(words: &[CString]) -> io::Error {
    let arguments = pointers(words);
    // SAFETY: the list ends with a null pointer, and it and the strings live
    // until the call returns.
    unsafe { libc::execvp(arguments[0], arguments.as_ptr()) };
    io::Error::last_os_error()
}
