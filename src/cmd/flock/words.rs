//! What flock(1) prints on standard output, and how it joins words that need not be UTF-8.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use crate::cmd::sys::streams::{self, Stream};

/// Scripts search for "util-linux" and conclude from its version what this flock can do.
pub(super) const VERSION: &str =
    concat!("flock from util-linux 2.41 (fasten ", env!("CARGO_PKG_VERSION"), ")\n");

pub(super) const HELP: &str = "
Usage:
 flock [options] <file>|<directory> <command> [<argument>...]
 flock [options] <file>|<directory> -c <command>
 flock [options] <file descriptor number>
 flock [options] --fd <number> <command> [<argument>...]
 flock [options] --fd <number> -c <command>

Lock a file while a command runs, or a file that the shell has open.

Options:
 -s, --shared               take a shared lock
 -e, -x, --exclusive        take an exclusive lock (default)
 -u, --unlock               release the lock
 -n, --nb, --nonblocking    fail instead of waiting
 -w, --wait, --timeout <seconds>    wait at most <seconds>
 -E, --conflict-exit-code <number>  exit with <number> if there is no lock
 -o, --close                do not let the command inherit the lock
 -c, --command <command>    run a command string with the shell
 -F, --no-fork              exec the command instead of forking
     --fcntl                take an fcntl(2) lock instead of a flock(2) lock
     --start <offset>       lock from byte <offset> on (implies --fcntl)
     --length <number>      lock <number> bytes (implies --fcntl)
     --fd <number>          lock an open file descriptor and run a command
     --verbose              report how long it took, or why there is no lock

 -h, --help                 display this help
 -V, --version              display the version

This is fasten, invoked as flock. For more details see flock(1).
";

/// Prints a line on standard output, before the command can print anything. It is dropped if it
/// would block: other processes may wait for the lock.
pub(super) fn print_at_once(words: impl AsRef<OsStr>) {
    streams::ignore_broken_pipe();
    let line = [b"flock: ", words.as_ref().as_bytes(), b"\n"].concat();
    streams::write_at_once(Stream::Output, &line);
}

/// The words one after the other, whatever bytes they consist of.
pub(super) fn joined(words: &[&OsStr]) -> OsString {
    words.iter().copied().collect()
}
