//! Writing to a standard stream without waiting for those who read it: a terminal
//! may be stopped (Ctrl-S), a pipe may be full.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::mem::ManuallyDrop;
use std::os::fd::{FromRawFd, RawFd};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};

/// Where we speak.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stream {
    Output = libc::STDOUT_FILENO as isize,
    Error = libc::STDERR_FILENO as isize,
}

/// Writes the text if there is room for it now; `false` if it was dropped.
///
/// Where it may be opened again, the file is: what does not wait is then a descriptor of our own,
/// and those who share the stream with us notice nothing.
pub(crate) fn write_at_once(stream: Stream, text: &[u8]) -> bool {
    let stream = stream as RawFd;
    if let Some(sent) = send(stream, text) {
        return sent;
    }
    if !has_room(stream) {
        return false;
    }
    match opened_again(stream) {
        Some(mut file) => file.write_all(text).is_ok(),
        // SAFETY: it is open, for it has room, and is not closed here.
        None => ManuallyDrop::new(unsafe { File::from_raw_fd(stream) }).write_all(text).is_ok(),
    }
}

/// `None` if it is not a socket.
fn send(stream: RawFd, text: &[u8]) -> Option<bool> {
    let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
    // SAFETY: the text lives until the call returns; a descriptor that is no socket is an error.
    let sent = unsafe { libc::send(stream, text.as_ptr().cast(), text.len(), flags) };
    let is_socket = sent >= 0 || std::io::Error::last_os_error().raw_os_error() != Some(libc::ENOTSOCK);
    is_socket.then_some(sent >= 0)
}

fn has_room(stream: RawFd) -> bool {
    let mut asked = libc::pollfd { fd: stream, events: libc::POLLOUT, revents: 0 };
    // SAFETY: the one entry is ours.
    unsafe { libc::poll(&raw mut asked, 1, 0) == 1 && asked.revents & libc::POLLOUT != 0 }
}

/// A terminal or a pipe through a description of our own; only these make a writer wait.
fn opened_again(stream: RawFd) -> Option<File> {
    let path = format!("/dev/fd/{stream}");
    let kind = std::fs::metadata(&path).ok()?.file_type();
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
    let waits = kind.is_fifo() || kind.is_char_device();
    waits.then(|| OpenOptions::new().write(true).custom_flags(flags).open(path).ok()).flatten()
}
