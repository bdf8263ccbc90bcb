//! What flock(1) says, and where: its lines are its own, byte for byte.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use crate::cmd::sys::streams::{self, Stream};

/// Scripts search for "util-linux", and take its number for what this flock can do.
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
 -s, --shared               together with others who share it
 -e, -x, --exclusive        alone (default)
 -u, --unlock               give the lock back
 -n, --nb, --nonblocking    do not wait
 -w, --wait, --timeout <seconds>    wait at most so long
 -E, --conflict-exit-code <number>  exit so when the lock was not obtained
 -o, --close                do not let the command inherit the lock
 -c, --command <command>    run a string with the shell
 -F, --no-fork              become the command instead of starting it
     --fcntl                take an fcntl(2) lock instead of a flock(2)
     --start <offset>       lock from this byte on (implies --fcntl)
     --length <number>      lock so many bytes (implies --fcntl)
     --fd <number>          lock an open file descriptor, and run a command
     --verbose              say how long it took, or why there is no lock

 -h, --help                 display this help
 -V, --version              display version

This is fasten, by the name of flock. For more details see flock(1).
";

/// Says it on standard output, before the command can say anything. That nobody
/// listens is no error; if it would have to wait for a reader, others would wait for the lock.
pub(super) fn tell(words: impl AsRef<OsStr>) {
    streams::ignore_broken_pipe();
    let line = [b"flock: ", words.as_ref().as_bytes(), b"\n"].concat();
    streams::write_at_once(Stream::Output, &line);
}

/// One behind the other, whatever bytes they are.
pub(super) fn joined(words: &[&OsStr]) -> OsString {
    words.iter().copied().collect()
}
