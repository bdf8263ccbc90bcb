//! Starting the command, on Linux.
//!
//! The child shares our memory and we stand still until it has become the command
//! (vfork), which costs the same however large we are, and lets it tell what went
//! wrong. `posix_spawn(3)` does the same, but first asks for and sets the
//! disposition of each of the 64 signals, in case we have handlers: 3 % of a run.

use std::ffi::{CString, c_char, c_int, c_void};
use std::io;

use super::child::Child;
use super::exec::pointers;
use super::signals::{self, Signals};

/// Enough for execvp(3), which puts a path together on the stack, and for a script
/// without `#!` the words once more. In pieces of 16 bytes, as a stack is aligned.
const STACK: usize = 2 * 1024;

/// What the child is given and what it leaves behind.
struct Birth<'a> {
    arguments: &'a [*const c_char],
    signals: &'a Signals,
    failed: Option<io::Error>,
}

/// Starts the program, looked for in `PATH`, with the mask and dispositions
/// that were before `signals`.
pub(crate) fn spawn(words: &[CString], signals: &Signals) -> io::Result<Child> {
    let arguments = &pointers(words);
    let mut birth = Birth { arguments, signals, failed: None };
    let mut stack = Vec::<u128>::with_capacity(STACK + arguments.len());
    let top = stack.spare_capacity_mut().as_mut_ptr_range().end;
    let how = libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD;
    // SAFETY: the child runs on a stack of its own and is gone from our memory when
    // the call returns, so all that it borrows outlives it. No signal handler of ours
    // runs beside it, and a thread that helped to wait shares nothing with it.
    match unsafe { libc::clone(become_command, top.cast(), how, (&raw mut birth).cast()) } {
        -1 => Err(io::Error::last_os_error()),
        pid => match birth.failed {
            None => Ok(Child::new(pid)),
            Some(error) => {
                Child::new(pid).reap();
                Err(error)
            }
        },
    }
}

extern "C" fn become_command(birth: *mut c_void) -> c_int {
    // SAFETY: `spawn` passes its own, and stands still meanwhile. The list of
    // pointers ends with a null pointer.
    unsafe {
        let birth = &mut *birth.cast::<Birth>();
        signals::put_back(birth.signals);
        libc::execvp(birth.arguments[0], birth.arguments.as_ptr());
        birth.failed = Some(io::Error::last_os_error());
    }
    127
}
