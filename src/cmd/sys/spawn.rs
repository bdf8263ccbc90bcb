//! Starting the command, on Linux.
//!
//! The child shares our memory, and this process stands still until the child has become the
//! command (vfork). That costs the same however large this process is, and the child can report
//! what went wrong. `posix_spawn(3)` does the same, but first asks for and sets the disposition of
//! each of the 64 signals, in case there are handlers: 3 % of a run.

use std::ffi::{CString, c_int, c_void};
use std::io;

use super::child::{Child, Started};
use super::exec::Image;
use super::signals::{self, Signals};
use super::window;

/// Enough for execvp(3), which puts a path together on the stack, and for a script without `#!` the
/// words once more. In units of 16 bytes, the alignment of a stack.
const STACK: usize = 2 * 1024;

/// What the child is given, and the error that it leaves.
struct Birth<'a> {
    image: Image,
    signals: &'a Signals,
    failed: Option<io::Error>,
}

/// Starts the program, which is looked up in `PATH`, with these variables in its environment, and the
/// mask and the disposition from before `signals`. It is not started if the terminal sends a signal before it exists.
pub(crate) fn spawn(words: &[CString], variables: &[CString], signals: &Signals) -> io::Result<Started> {
    let mut birth = Birth { image: Image::new(words, variables), signals, failed: None };
    let mut stack = Vec::<u128>::with_capacity(STACK + birth.image.len());
    let top = stack.spare_capacity_mut().as_mut_ptr_range().end;
    let how = libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD;
    window::open(&signals.mask_before);
    // SAFETY: the child runs on a stack of its own and has left our memory when the call returns,
    // so all that it borrows outlives it. A thread that may still run here helped with the wait and
    // touches nothing that the child uses.
    let pid = unsafe { libc::clone(become_command, top.cast(), how, (&raw mut birth).cast()) };
    let error = if pid == -1 { Some(io::Error::last_os_error()) } else { birth.failed.take() };
    let early = window::close();
    if (error.is_some() || early.is_some()) && pid != -1 {
        Child::new(pid).reap();
    }
    match (early, error) {
        (Some(signal), _) => Ok(Started::Cancelled(signal)),
        (None, Some(error)) => Err(error),
        (None, None) => Ok(Started::Running(Child::new(pid))),
    }
}

extern "C" fn become_command(birth: *mut c_void) -> c_int {
    // SAFETY: `spawn` passes its own and stands still meanwhile; it has the words.
    unsafe {
        let birth = &mut *birth.cast::<Birth>();
        if !window::is_born() {
            return 127;
        }
        signals::restore(birth.signals);
        birth.failed = Some(birth.image.replace_process());
    }
    127
}
