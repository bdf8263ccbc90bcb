//! Writing to standard error without waiting for those who read it: a terminal
//! may be stopped (Ctrl-S), a pipe may be full.

use std::fs::{File, OpenOptions};
use std::io::{Write, stderr};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};

/// Writes the text if there is room for it now; `false` if it was dropped.
///
/// Where it may be opened again, the file is: what does not wait is then a descriptor of our own,
/// and those who share standard error with us notice nothing.
pub(crate) fn write_at_once(text: &[u8]) -> bool {
    if let Some(sent) = send(text) {
        return sent;
    }
    if !has_room() {
        return false;
    }
    match opened_again() {
        Some(mut file) => file.write_all(text).is_ok(),
        None => stderr().write_all(text).is_ok(),
    }
}

/// `None` if it is not a socket.
fn send(text: &[u8]) -> Option<bool> {
    let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
    // SAFETY: the text lives until the call returns; a descriptor that is no socket is an error.
    let sent = unsafe { libc::send(libc::STDERR_FILENO, text.as_ptr().cast(), text.len(), flags) };
    let is_socket = sent >= 0 || std::io::Error::last_os_error().raw_os_error() != Some(libc::ENOTSOCK);
    is_socket.then_some(sent >= 0)
}

fn has_room() -> bool {
    let mut asked = libc::pollfd { fd: libc::STDERR_FILENO, events: libc::POLLOUT, revents: 0 };
    // SAFETY: the one entry is ours.
    unsafe { libc::poll(&raw mut asked, 1, 0) == 1 && asked.revents & libc::POLLOUT != 0 }
}

/// A terminal or a pipe through a description of our own; only these make a writer wait.
fn opened_again() -> Option<File> {
    let path = "/dev/fd/2";
    let kind = std::fs::metadata(path).ok()?.file_type();
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
    let waits = kind.is_fifo() || kind.is_char_device();
    waits.then(|| OpenOptions::new().write(true).custom_flags(flags).open(path).ok()).flatten()
}
