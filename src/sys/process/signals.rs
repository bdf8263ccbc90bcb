//! The signals of a process that watches over a command.
//!
//! They are blocked and then taken one by one, with what the kernel tells of
//! their senders: no handler runs, nothing is interrupted, and none can get lost
//! between two looks.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;

/// Passed on to the command when a process sends them to us.
const FORWARDED: [i32; 6] =
    [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT, libc::SIGUSR1, libc::SIGUSR2];

/// What ends a process that a person, a shell or a system wants to end.
const ENDING: [i32; 4] = [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT];

/// The signals are kept for [`Signals::next`]; this knows what they were
/// before, which is what the command is to inherit.
#[derive(Debug)]
pub(crate) struct Signals {
    kept: libc::sigset_t,
    pub(super) mask_before: libc::sigset_t,
    pub(super) children_were_ignored: bool,
}

/// What a signal tells the supervisor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrived {
    /// The command may have ended.
    ChildChanged,
    /// This signal came to us alone; it is meant for the command.
    FromProcess(i32),
    /// The terminal sent a signal to its whole foreground group: the command
    /// has it already.
    FromTerminal,
}

impl Signals {
    /// Keeps them from now until the process ends.
    pub(crate) fn keep_for_supervisor() -> Self {
        let mut kept = only(&FORWARDED);
        let mut mask_before = only(&[]);
        // SAFETY: the sets are initialised; the default disposition of SIGCHLD
        // runs no code of ours. While it is ignored, a child's end would leave
        // no code behind to be read.
        let children_before = unsafe {
            libc::sigaddset(&raw mut kept, libc::SIGCHLD);
            libc::pthread_sigmask(libc::SIG_BLOCK, &raw const kept, &raw mut mask_before);
            libc::signal(libc::SIGCHLD, libc::SIG_DFL)
        };
        let children_were_ignored = children_before == libc::SIG_IGN;
        Self { kept, mask_before, children_were_ignored }
    }

    /// Sleeps until one of them arrives.
    pub(crate) fn next(&self) -> io::Result<Arrived> {
        loop {
            match take(&self.kept) {
                Ok((libc::SIGCHLD, _)) => return Ok(Arrived::ChildChanged),
                Ok((libc::SIGHUP, true)) if leads_session() => return Ok(Arrived::FromProcess(libc::SIGHUP)),
                Ok((_, true)) => return Ok(Arrived::FromTerminal),
                Ok((signal, false)) => return Ok(Arrived::FromProcess(signal)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// From now on a child's end is told, here and in the command.
pub(crate) fn default_for_children() {
    // SAFETY: the default disposition runs no code of ours.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_DFL) };
}

/// A set of just these signals.
pub(super) fn only(signals: &[i32]) -> libc::sigset_t {
    let mut set = MaybeUninit::zeroed();
    // SAFETY: sigemptyset initialises the set before anything is added to it.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        for signal in signals {
            libc::sigaddset(set.as_mut_ptr(), *signal);
        }
        set.assume_init()
    }
}

/// Those that would end this process; an ignored one, as under nohup(1), does not.
pub(super) fn ending() -> Vec<i32> {
    ENDING.into_iter().filter(|signal| !is_ignored(*signal)).collect()
}

fn is_ignored(signal: i32) -> bool {
    let mut found = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: nothing is changed, and a zeroed sigaction is a valid one.
    let found = unsafe {
        libc::sigaction(signal, ptr::null(), found.as_mut_ptr());
        found.assume_init()
    };
    found.sa_sigaction == libc::SIG_IGN
}

/// Whether a hang-up of the terminal is told to this process alone, and to the
/// rest of its group only when it ends: it was started in place of a shell.
fn leads_session() -> bool {
    // SAFETY: neither call has preconditions.
    unsafe { libc::getsid(0) == libc::getpid() }
}

/// The next signal of the set, and whether it comes from the kernel.
#[cfg(all(target_os = "linux", not(fasten_portable)))]
fn take(set: &libc::sigset_t) -> io::Result<(i32, bool)> {
    let mut information = MaybeUninit::<libc::siginfo_t>::zeroed();
    // SAFETY: the set is initialised, and a zeroed siginfo is a valid one.
    let (signal, information) =
        unsafe { (libc::sigwaitinfo(set, information.as_mut_ptr()), information.assume_init()) };
    match signal {
        -1 => Err(io::Error::last_os_error()),
        signal => Ok((signal, information.si_code == libc::SI_KERNEL)),
    }
}

/// The next signal of the set. Who sent it is not told here: a Ctrl-C and its
/// like are taken for the terminal's if there is a terminal.
#[cfg(not(all(target_os = "linux", not(fasten_portable))))]
fn take(set: &libc::sigset_t) -> io::Result<(i32, bool)> {
    use std::io::IsTerminal;

    let mut signal = 0;
    // SAFETY: the set is initialised and the place for the signal is ours.
    match unsafe { libc::sigwait(set, &raw mut signal) } {
        0 => {
            let of_a_terminal = [libc::SIGINT, libc::SIGQUIT, libc::SIGHUP].contains(&signal);
            Ok((signal, of_a_terminal && io::stdin().is_terminal()))
        }
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

/// Gives the calling process the mask and disposition that were before.
/// Async-signal-safe: for a forked child.
pub(super) fn put_back(signals: &Signals) {
    // SAFETY: the mask is an initialised one; ignoring a signal runs no code.
    unsafe {
        if signals.children_were_ignored {
            libc::signal(libc::SIGCHLD, libc::SIG_IGN);
        }
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const signals.mask_before, ptr::null_mut());
    }
}
