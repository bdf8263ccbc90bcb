//! The terminal that standard error is.

use std::io::stderr;

use nix::unistd::{getpgrp, tcgetpgrp};

/// The columns of the terminal that standard error is; 80 where it does not say.
pub(crate) fn width() -> usize {
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: TIOCGWINSZ fills in a winsize, and this one is ours.
    let asked = unsafe { libc::ioctl(libc::STDERR_FILENO, libc::TIOCGWINSZ, &raw mut size) };
    if asked == 0 && size.ws_col > 0 { size.ws_col.into() } else { 80 }
}

/// Whether it is ours to draw on: a job in the background would disturb what stands in front, and could be stopped for
/// it (`stty tostop`).
pub(crate) fn is_ours() -> bool {
    tcgetpgrp(stderr()).map_or(true, |in_front| in_front == getpgrp())
}
