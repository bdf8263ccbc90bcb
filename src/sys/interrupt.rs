//! Interrupts a thread that blocks in a lock call.
//!
//! flock(2) has no timeout; only a signal handler that runs ends the call early. The signal is
//! SIGURG. Its default action is to do nothing, so a signal that arrives after the handler was
//! removed does no harm; Go's runtime chose it for the same reason. It is sent to the waiting
//! thread alone, and unblocked there, so it works whatever the caller has blocked or ignored.
//!
//! A program may use SIGURG itself. While a wait with a limit lasts, our handler calls the
//! program's for every SIGURG, ours included: of two that arrive at once the kernel delivers one,
//! so none is lost. Its alternate stack is kept, its `SA_RESTART` cannot be: with that flag the
//! kernel would restart the very call that is to end. Afterwards the program's handler is restored,
//! unless the program has installed another one meanwhile.

use std::cell::Cell;
use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::per_process::PerProcess;

const SIGNAL: libc::c_int = libc::SIGURG;

static INSTALLED: PerProcess<Mutex<Installed>> = PerProcess::new();

/// The program's own disposition, for our handler; null before the first wait. Each is leaked, for
/// a handler may still read it when the next one is stored.
static BEFORE: AtomicPtr<libc::sigaction> = AtomicPtr::new(ptr::null_mut());

#[derive(Default)]
struct Installed {
    users: usize,
    before: Option<libc::sigaction>,
}

/// Makes the thread that created it interruptible, until it is dropped.
///
/// The first one in the process installs the handler; the drop of the last one restores the
/// signal's disposition.
#[derive(Debug)]
pub(crate) struct Interruptible {
    /// Whether the thread had the signal blocked before.
    was_blocked: bool,
    target: InterruptTarget,
}

/// A thread that can be interrupted. It must not be used after that thread's [`Interruptible`] was
/// dropped: the thread may have exited by then.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InterruptTarget(libc::pthread_t);

// SAFETY: it names a thread and gives no access to anything of it. musl has a pointer for it, which
// is never followed here.
unsafe impl Send for InterruptTarget {}

impl Interruptible {
    /// Makes the calling thread interruptible.
    pub(crate) fn new() -> io::Result<Self> {
        let mut installed = installed();
        if installed.users == 0 {
            installed.before = Some(install_handler()?);
        }
        let was_blocked = unblock()?;
        installed.users += 1;
        // SAFETY: pthread_self has no preconditions.
        Ok(Self { was_blocked, target: InterruptTarget(unsafe { libc::pthread_self() }) })
    }

    /// The thread that created this, for other threads to interrupt.
    pub(crate) fn target(&self) -> InterruptTarget {
        self.target
    }
}

/// Whether the program ignores the signal while no thread is interruptible.
pub(crate) fn is_ignored() -> bool {
    installed().before.is_some_and(|before| before.sa_sigaction == libc::SIG_IGN)
}

impl Drop for Interruptible {
    fn drop(&mut self) {
        // Only this signal: others that the thread has blocked meanwhile stay blocked.
        if self.was_blocked {
            let signal = this_signal();
            // SAFETY: the set is initialised.
            unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const signal, ptr::null_mut()) };
        }
        let mut installed = installed();
        installed.users -= 1;
        if installed.users == 0 {
            installed.before.take().iter().for_each(restore);
        }
    }
}

impl InterruptTarget {
    /// Ends the lock call that the thread is in. A thread that is only about to enter the call is
    /// missed, so the caller repeats this until the thread reports that it is out.
    pub(crate) fn interrupt(self) {
        // SAFETY: the thread has not exited, because its Interruptible lives.
        unsafe { libc::pthread_kill(self.0, SIGNAL) };
    }
}

thread_local! {
    /// Whether this thread runs our handler: one that the program has installed later may call ours,
    /// as the one before it. Without a destructor, so a handler may use it at any time.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Calls the program's own handler, if it has one. Running is enough to end the blocked call.
extern "C" fn pass_on(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the pointer is null or leads to a disposition that is never freed or changed.
    let Some(before) = (unsafe { BEFORE.load(Ordering::Acquire).as_ref() }) else { return };
    if matches!(before.sa_sigaction, libc::SIG_DFL | libc::SIG_IGN) || INSIDE.replace(true) {
        return;
    }
    // SAFETY: the program has given the kernel this handler, with the flag for the kind that it is,
    // and the kernel calls us with what it would pass to it.
    unsafe {
        if before.sa_flags & libc::SA_SIGINFO == 0 {
            std::mem::transmute::<usize, extern "C" fn(libc::c_int)>(before.sa_sigaction)(signal);
        } else {
            type Handler = extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void);
            std::mem::transmute::<usize, Handler>(before.sa_sigaction)(signal, info, context);
        }
    }
    INSIDE.set(false);
}

fn our_handler() -> libc::sighandler_t {
    pass_on as extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void) as libc::sighandler_t
}

fn install_handler() -> io::Result<libc::sigaction> {
    let before = disposition()?;
    let is_known = |known: &libc::sigaction| known.sa_sigaction == before.sa_sigaction;
    // SAFETY: as in the handler. A program may have saved ours and installed it again.
    let known = unsafe { BEFORE.load(Ordering::Acquire).as_ref() }.is_some_and(is_known);
    if !known && before.sa_sigaction != our_handler() {
        BEFORE.store(Box::into_raw(Box::new(before)), Ordering::Release);
    }
    // SAFETY: the new disposition differs from a valid one in the handler, which does what is safe
    // at any point, and in its flags: without SA_RESTART, which would restart the interrupted call.
    unsafe {
        let mut wanted = before;
        wanted.sa_sigaction = our_handler();
        wanted.sa_flags = libc::SA_SIGINFO | before.sa_flags & libc::SA_ONSTACK;
        match libc::sigaction(SIGNAL, &raw const wanted, ptr::null_mut()) {
            0 => Ok(before),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

/// Gives the program its disposition back, unless it has installed another one meanwhile.
fn restore(before: &libc::sigaction) {
    if disposition().is_ok_and(|now| now.sa_sigaction == our_handler()) {
        // SAFETY: sigaction has filled in `before`.
        unsafe { libc::sigaction(SIGNAL, before, ptr::null_mut()) };
    }
}

fn disposition() -> io::Result<libc::sigaction> {
    let mut found = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: nothing is changed, and a zeroed sigaction is a valid one.
    unsafe {
        match libc::sigaction(SIGNAL, ptr::null(), found.as_mut_ptr()) {
            0 => Ok(found.assume_init()),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

/// Unblocks the signal in this thread; whether it was blocked.
fn unblock() -> io::Result<bool> {
    let (signal, mut before) = (this_signal(), MaybeUninit::<libc::sigset_t>::zeroed());
    // SAFETY: the set is initialised; pthread_sigmask writes the old mask to `before`, which is
    // read only if that succeeded.
    unsafe {
        match libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const signal, before.as_mut_ptr()) {
            0 => Ok(libc::sigismember(before.as_ptr(), SIGNAL) == 1),
            error => Err(io::Error::from_raw_os_error(error)),
        }
    }
}

fn this_signal() -> libc::sigset_t {
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: sigemptyset initialises the set before anything is added to it.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), SIGNAL);
        set.assume_init()
    }
}

fn installed() -> MutexGuard<'static, Installed> {
    INSTALLED.get().lock().unwrap_or_else(PoisonError::into_inner)
}
