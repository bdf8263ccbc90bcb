//! Starting the command on other systems than Linux, through fork(2).

use std::ffi::CString;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

use super::child::{Child, Started};
use super::entry::replace_process;
use super::signals::{self, Signals};

/// Starts the program, which is looked up in `PATH`, with these variables in its environment, and the
/// mask and the disposition from before `signals`. The child reports a failed exec through a socket; a successful exec closes it.
pub(crate) fn spawn(words: &[CString], variables: &[CString], signals: &Signals) -> io::Result<Started> {
    let (mut report, mut reporter) = UnixStream::pair()?;
    // SAFETY: this process has one thread, so the child may call anything.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            signals::restore(signals);
            let error = replace_process(words, variables).raw_os_error().unwrap_or(libc::EINVAL);
            let _ = reporter.write_all(&error.to_ne_bytes());
            // SAFETY: it ends the child and runs nothing of ours.
            unsafe { libc::_exit(127) }
        }
        pid => {
            drop(reporter);
            let mut error = [0; 4];
            match report.read_exact(&mut error) {
                Ok(()) => {
                    Child::new(pid).reap();
                    Err(io::Error::from_raw_os_error(i32::from_ne_bytes(error)))
                }
                Err(_) => Ok(Started::Running(Child::new(pid))),
            }
        }
    }
}
