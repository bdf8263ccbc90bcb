//! Starting the command.
//!
//! `posix_spawn(3)` shares our memory with the child until it has become the
//! command (vfork), which costs the same however large we are, and reports a
//! failed exec as its own result. What it cannot do goes through fork(2): a
//! child that ignores SIGCHLD, and a script without `#!`.

use std::ffi::{CString, c_char};
use std::io::{self, Read, Write};
use std::mem::MaybeUninit;

use super::child::Child;
use super::exec::{pointers, replace_process};
use super::signals::{self, Signals};

unsafe extern "C" {
    static environ: *const *const c_char;
}

/// Starts the program, looked for in `PATH`, with the mask and dispositions
/// that were before `signals`.
pub(crate) fn spawn(words: &[CString], signals: &Signals) -> io::Result<Child> {
    if signals.children_were_ignored {
        return fork(words, signals);
    }
    match posix_spawn(words, signals) {
        Err(error) if error.raw_os_error() == Some(libc::ENOEXEC) => fork(words, signals),
        started => started,
    }
}

fn posix_spawn(words: &[CString], signals: &Signals) -> io::Result<Child> {
    let arguments = pointers(words);
    let mut attributes = MaybeUninit::<libc::posix_spawnattr_t>::uninit();
    let mut pid = 0;
    // SAFETY: the attributes are initialised before they are used and destroyed
    // after; the lists of pointers end with a null pointer and outlive the call.
    let error = unsafe {
        libc::posix_spawnattr_init(attributes.as_mut_ptr());
        libc::posix_spawnattr_setflags(
            attributes.as_mut_ptr(),
            libc::POSIX_SPAWN_SETSIGMASK as libc::c_short,
        );
        libc::posix_spawnattr_setsigmask(attributes.as_mut_ptr(), &raw const signals.mask_before);
        let error = libc::posix_spawnp(
            &raw mut pid,
            arguments[0],
            std::ptr::null(),
            attributes.as_ptr(),
            arguments.as_ptr().cast(),
            environ.cast(),
        );
        libc::posix_spawnattr_destroy(attributes.as_mut_ptr());
        error
    };
    if error == 0 { Ok(Child::new(pid)) } else { Err(io::Error::from_raw_os_error(error)) }
}

/// The child reports a failed exec through a pipe that a successful one closes.
fn fork(words: &[CString], signals: &Signals) -> io::Result<Child> {
    let (mut report, mut tell) = io::pipe()?;
    // SAFETY: this process has one thread, so the child may do what it likes.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            signals::put_back(signals);
            let error = replace_process(words).raw_os_error().unwrap_or(libc::EINVAL);
            let _ = tell.write_all(&error.to_ne_bytes());
            // SAFETY: it ends the child and runs nothing of ours.
            unsafe { libc::_exit(127) }
        }
        pid => {
            drop(tell);
            let mut error = [0; 4];
            match report.read_exact(&mut error) {
                Ok(()) => {
                    Child::new(pid).reap();
                    Err(io::Error::from_raw_os_error(i32::from_ne_bytes(error)))
                }
                Err(_) => Ok(Child::new(pid)),
            }
        }
    }
}
