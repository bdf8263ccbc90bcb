//! The standard streams, used so that neither other processes nor the command notice.
//!
//! A message never blocks: a terminal may be stopped (Ctrl-S) and a pipe may be full, and other
//! processes wait for the lock. It disturbs neither the foreground job of the terminal nor the
//! flags of a stream that others share. And SIGPIPE is ignored only while fasten writes: the
//! command inherits it as it was.

use std::fs::{File, OpenOptions};
use std::io::{Write, stderr};
use std::mem::ManuallyDrop;
use std::os::fd::{FromRawFd, RawFd};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::sync::atomic::{AtomicUsize, Ordering};

use nix::unistd::{getpgrp, tcgetpgrp};

/// A stream to write to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stream {
    Output = libc::STDOUT_FILENO as isize,
    Error = libc::STDERR_FILENO as isize,
}

/// Writes the text if there is room for it now; `false` if it was dropped.
///
/// If possible the file is opened again for that: then only a descriptor of our own is
/// non-blocking, and processes that share the stream do not notice.
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
        // SAFETY: it is open, because it has room, and it is not closed here.
        None => ManuallyDrop::new(unsafe { File::from_raw_fd(stream) }).write_all(text).is_ok(),
    }
}

/// `None` if the stream is not a socket.
fn send(stream: RawFd, text: &[u8]) -> Option<bool> {
    let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
    // SAFETY: the text lives until the call returns; on any other descriptor it is an error.
    let sent = unsafe { libc::send(stream, text.as_ptr().cast(), text.len(), flags) };
    let is_socket = sent >= 0 || std::io::Error::last_os_error().raw_os_error() != Some(libc::ENOTSOCK);
    is_socket.then_some(sent >= 0)
}

fn has_room(stream: RawFd) -> bool {
    let mut asked = libc::pollfd { fd: stream, events: libc::POLLOUT, revents: 0 };
    // SAFETY: the one entry is ours.
    unsafe { libc::poll(&raw mut asked, 1, 0) == 1 && asked.revents & libc::POLLOUT != 0 }
}

/// A terminal or a pipe, opened again; only these make a writer wait.
fn opened_again(stream: RawFd) -> Option<File> {
    let path = format!("/dev/fd/{stream}");
    let kind = std::fs::metadata(&path).ok()?.file_type();
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
    let waits = kind.is_fifo() || kind.is_char_device();
    waits.then(|| OpenOptions::new().write(true).custom_flags(flags).open(path).ok()).flatten()
}

/// The columns and lines of the terminal on this stream; 80 and 24 if it does not report them.
pub(crate) fn terminal_size(stream: Stream) -> (usize, usize) {
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: TIOCGWINSZ fills in a winsize, and this one is ours.
    let asked = unsafe { libc::ioctl(stream as RawFd, libc::TIOCGWINSZ, &raw mut size) };
    let or = |reported: u16, usual| if asked == 0 && reported > 0 { reported.into() } else { usual };
    (or(size.ws_col, 80), or(size.ws_row, 24))
}

/// Whether the terminal is ours to draw on. A background job would disturb the job in the
/// foreground, and could be stopped for it (`stty tostop`).
pub(crate) fn is_our_terminal() -> bool {
    tcgetpgrp(stderr()).map_or(true, |foreground| foreground == getpgrp())
}

static BEFORE: AtomicUsize = AtomicUsize::new(libc::SIG_IGN);

/// From now on a write to a broken pipe is an error and does not end this process.
pub(crate) fn ignore_broken_pipe() {
    // SAFETY: ignoring a signal runs no code of ours.
    let before = unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
    if before == libc::SIG_DFL {
        BEFORE.store(before, Ordering::Relaxed);
    }
}

/// Restores the disposition from before the first [`ignore_broken_pipe`], if there was one, for the
/// command to inherit.
pub(crate) fn restore_broken_pipe() {
    let before = BEFORE.swap(libc::SIG_IGN, Ordering::Relaxed);
    if before != libc::SIG_IGN {
        // SAFETY: the default disposition runs no code of ours.
        unsafe { libc::signal(libc::SIGPIPE, before) };
    }
}
