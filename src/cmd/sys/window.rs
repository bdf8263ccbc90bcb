//! The window in which the command is started, and the terminal's signals in it.
//!
//! The terminal signals its whole foreground group. A signal before the command exists reaches only
//! fasten, and the command must not start; a signal after that reaches the command too, and must
//! not end fasten. Blocked signals would not show the difference. But the kernel makes no new
//! process while a signal is to be handled: each signal reaches either the parent before the birth,
//! or both after it. So for this moment the signals are unblocked, and a handler notes whether the
//! command has been born.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicI64, Ordering};

use super::signal_set::{OF_A_TERMINAL, Sent, blockable, own_pid};

static PARENT: AtomicI32 = AtomicI32::new(0);
static BORN: AtomicBool = AtomicBool::new(false);
/// The signal that came before the birth, or 0.
static EARLY: AtomicI32 = AtomicI32::new(0);
/// The signals that came after it, each as [`packed`], or 0.
static LATE: [AtomicI64; 3] = [const { AtomicI64::new(0) }; 3];

/// Unblocks the terminal's signals, except those that were ignored or blocked before.
pub(super) fn open(mask_before: &libc::sigset_t) {
    PARENT.store(own_pid(), Ordering::Relaxed);
    let before = first_word(mask_before);
    let mut wanted = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a zeroed sigaction is a valid one, and the handler does only what is safe at any
    // point.
    let wanted = unsafe {
        let action = wanted.assume_init_mut();
        action.sa_sigaction = arrived as extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void) as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_NODEFER;
        &*action
    };
    let mut let_in = 0;
    for signal in OF_A_TERMINAL {
        let bit = 1 << (signal - 1);
        if before & bit == 0 && handle(signal, wanted) {
            let_in |= bit;
        }
    }
    let mut open = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: a set is an array of such words, and all zero is the empty one.
    unsafe {
        open.as_mut_ptr().cast::<libc::c_ulong>().write(let_in);
        libc::pthread_sigmask(libc::SIG_UNBLOCK, open.as_ptr(), ptr::null_mut());
    }
}

/// Blocks them again; returns the signal that came before the birth.
pub(super) fn close() -> Option<i32> {
    // SAFETY: the set is initialised.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, blockable(), ptr::null_mut()) };
    match EARLY.load(Ordering::Relaxed) {
        0 => None,
        signal => Some(signal),
    }
}

/// Called by the child, which shares our memory; returns whether it may become the command.
pub(super) fn is_born() -> bool {
    BORN.store(true, Ordering::Relaxed);
    EARLY.load(Ordering::Relaxed) == 0
}

/// A signal that came after the birth and before the window was closed.
pub(super) fn left() -> Option<Sent> {
    let unpacked = |(late, signal): (&AtomicI64, i32)| match late.swap(0, Ordering::Relaxed) {
        0 => None,
        packed => Some(Sent { signal, by_kernel: packed & 2 != 0, sender: (packed >> 2) as libc::pid_t }),
    };
    LATE.iter().zip(OF_A_TERMINAL).find_map(unpacked)
}

fn packed(sent: Sent) -> i64 {
    i64::from(sent.sender) << 2 | i64::from(sent.by_kernel) << 1 | 1
}

/// The signals with the lowest numbers, the terminal's among them. Asking for each takes longer.
fn first_word(set: &libc::sigset_t) -> libc::c_ulong {
    // SAFETY: on Linux a set is an array of such words.
    unsafe { ptr::from_ref(set).cast::<libc::c_ulong>().read() }
}

/// Installs the handler; `false` if the signal is ignored, which it then stays.
fn handle(signal: i32, wanted: &libc::sigaction) -> bool {
    let mut before = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: the new action is a valid one, and the old one is filled in before it is read.
    unsafe {
        libc::sigaction(signal, wanted, before.as_mut_ptr());
        if before.assume_init_ref().sa_sigaction != libc::SIG_IGN {
            return true;
        }
        libc::sigaction(signal, before.as_ptr(), ptr::null_mut());
    }
    false
}

extern "C" fn arrived(signal: i32, information: *mut libc::siginfo_t, _context: *mut libc::c_void) {
    if own_pid() != PARENT.load(Ordering::Relaxed) {
        // SAFETY: the child is about to become the command, which the signal would end; both calls
        // are safe in a handler, and the table of handlers is not shared.
        unsafe {
            libc::signal(signal, libc::SIG_DFL);
            libc::kill(own_pid(), signal);
        }
    } else if BORN.load(Ordering::Relaxed) {
        // SAFETY: the kernel passes a valid pointer.
        let sent = Sent::new(unsafe { &*information });
        for (late, _) in LATE.iter().zip(OF_A_TERMINAL).filter(|(_, of_this)| *of_this == signal) {
            late.store(packed(sent), Ordering::Relaxed);
        }
    } else {
        EARLY.store(signal, Ordering::Relaxed);
    }
}
