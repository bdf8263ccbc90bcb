//! What a program prints. Rust's `Command` would be a hundredth of the binary, for one call.

use std::ffi::CString;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsRawFd;

use nix::unistd::pipe;

use super::child::Child;
use super::entry::replace_process;

/// Runs the program, which is looked up in `PATH`, without input and without its error messages.
///
/// # Errors
/// No process can be started, or the output cannot be read. A program that cannot be executed prints
/// nothing.
pub(crate) fn output_of(words: &[CString]) -> io::Result<Vec<u8>> {
    let ((ours, theirs), nothing) = (pipe()?, File::options().read(true).write(true).open("/dev/null")?);
    // SAFETY: the child calls the allocator, which the C library makes usable after a fork, and takes
    // no lock that another thread of this process could hold.
    let pid = match unsafe { libc::fork() } {
        -1 => return Err(io::Error::last_os_error()),
        0 => {
            let streams = [nothing.as_raw_fd(), theirs.as_raw_fd(), nothing.as_raw_fd()];
            for (number, stream) in (0..).zip(streams) {
                // SAFETY: both are numbers of open descriptors of the child, or the call fails.
                unsafe { libc::dup2(stream, number) };
            }
            replace_process(words, &[]);
            // SAFETY: it ends the child and runs nothing of ours.
            unsafe { libc::_exit(127) }
        }
        pid => pid,
    };
    drop(theirs);
    let mut output = Vec::new();
    let read = File::from(ours).read_to_end(&mut output);
    // Its exit status says no more than its output. Where SIGCHLD is ignored, it is lost.
    Child::new(pid).reap();
    read.map(|_| output)
}
