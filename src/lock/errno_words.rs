//! The words for the system's errors. They are glibc's, whatever fasten was linked with: musl says
//! "No file descriptors available" for "Too many open files", and a script may look for the latter.
//!
//! This file imports nothing of the crate, so that the test that compares it with the C library can
//! include it.

use std::io;

/// The words as strerror(3) has them: `Permission denied`.
pub fn strerror(error: &io::Error) -> String {
    #[cfg(target_os = "linux")]
    if let Some(words) = error.raw_os_error().and_then(errno_words) {
        return words.to_owned();
    }
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

/// The same as messages have them: `permission denied`.
pub fn lower(error: &io::Error) -> String {
    let text = strerror(error);
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// The words for the errors that files, locks and processes can meet; `None` where the C libraries
/// agree.
#[cfg(target_os = "linux")]
fn errno_words(code: i32) -> Option<&'static str> {
    Some(match code {
        libc::EIO => "Input/output error",
        libc::ECHILD => "No child processes",
        libc::ENOMEM => "Cannot allocate memory",
        libc::EBUSY => "Device or resource busy",
        libc::EXDEV => "Invalid cross-device link",
        libc::EMFILE => "Too many open files",
        libc::ENOTTY => "Inappropriate ioctl for device",
        libc::ESPIPE => "Illegal seek",
        libc::ERANGE => "Numerical result out of range",
        libc::EDEADLK => "Resource deadlock avoided",
        libc::ENAMETOOLONG => "File name too long",
        libc::ELOOP => "Too many levels of symbolic links",
        libc::ECOMM => "Communication error on send",
        libc::EOVERFLOW => "Value too large for defined data type",
        libc::ELIBACC => "Can not access a needed shared library",
        libc::ELIBBAD => "Accessing a corrupted shared library",
        libc::ELIBSCN => ".lib section in a.out corrupted",
        libc::ELIBMAX => "Attempting to link in too many shared libraries",
        libc::ELIBEXEC => "Cannot exec a shared library directly",
        libc::EILSEQ => "Invalid or incomplete multibyte or wide character",
        libc::EOPNOTSUPP => "Operation not supported",
        libc::ENOTCONN => "Transport endpoint is not connected",
        libc::ETIMEDOUT => "Connection timed out",
        libc::EHOSTUNREACH => "No route to host",
        libc::EUCLEAN => "Structure needs cleaning",
        libc::EDQUOT => "Disk quota exceeded",
        _ => return None,
    })
}
