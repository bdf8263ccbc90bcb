//! The signals of a process that supervises a command.
//!
//! They are blocked and received one by one, with what the kernel reports of their senders. No
//! handler runs, no call is interrupted, and no signal is lost between two calls.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;

use super::signal_set::{OF_A_TERMINAL, Sent, all, blockable, is_in, only, own_pid};

/// Signals that need not end process 1: a child has ended, or nobody reads a pipe.
const NOT_FOR_PROCESS_1: [i32; 2] = [libc::SIGCHLD, libc::SIGPIPE];

/// Blocks all signals that would end this process, and SIGCHLD, so that [`Signals::next`] receives
/// them. It knows the mask and the disposition from before, which the command is to inherit.
#[derive(Debug)]
pub(crate) struct Signals {
    pub(super) mask_before: libc::sigset_t,
    pub(super) ignored_children: bool,
}

/// What a signal means for the supervisor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrived {
    /// The command may have ended.
    ChildChanged,
    /// A process sent this signal, to fasten alone or to its group. The sender's pid is 0 if it is
    /// not known.
    FromProcess(i32, libc::pid_t),
    /// The terminal sent a signal to its whole foreground group: the command has it already.
    FromTerminal,
}

impl Signals {
    /// Blocks them from now on.
    pub(crate) fn block() -> Self {
        fasten::helper_thread::block_reserved();
        let mut mask_before = MaybeUninit::zeroed();
        // While SIGCHLD is ignored, a child leaves no exit code.
        // SAFETY: the set is initialised, and a zeroed one may be filled in; the default
        // disposition of SIGCHLD runs no code of ours.
        let children_before = unsafe {
            libc::pthread_sigmask(libc::SIG_BLOCK, blockable(), mask_before.as_mut_ptr());
            libc::signal(libc::SIGCHLD, libc::SIG_DFL)
        };
        // SAFETY: it was zeroed, and then filled in.
        let mask_before = unsafe { mask_before.assume_init() };
        let ignored_children = children_before == libc::SIG_IGN;
        Self { mask_before, ignored_children }
    }

    /// Sleeps until a signal arrives.
    #[allow(clippy::unused_self, reason = "the signals are blocked only once there is one")]
    pub(crate) fn next(&self) -> io::Result<Arrived> {
        loop {
            let sent = match left_by_the_window().map_or_else(|| take(blockable()), Ok) {
                Ok(sent) => sent,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if sent.signal == libc::SIGCHLD {
                return Ok(Arrived::ChildChanged);
            }
            if sent.by_kernel && OF_A_TERMINAL.contains(&sent.signal) {
                let is_ours_alone = sent.signal == libc::SIGHUP && leads_session();
                return Ok(if is_ours_alone {
                    Arrived::FromProcess(sent.signal, 0)
                } else {
                    Arrived::FromTerminal
                });
            }
            // A signal that this process caused, such as SIGPIPE, is not for the command.
            if sent.sender != own_pid() {
                return Ok(Arrived::FromProcess(sent.signal, sent.sender));
            }
        }
    }

    /// A signal that is pending and would have ended this process if it were not blocked.
    pub(crate) fn arrived(&self) -> Option<i32> {
        let mut pending = only(&[]);
        // SAFETY: the set is ours, and initialised.
        unsafe { libc::sigpending(&raw mut pending) };
        all().find(|signal| is_in(&pending, *signal) && self.would_end_us(*signal))
    }

    /// Restores the mask and the disposition from before.
    pub(crate) fn unblock(&self) {
        restore(self);
    }

    /// The signals that would end this process if they were not blocked.
    pub(super) fn ending(&self) -> libc::sigset_t {
        only(&all().filter(|signal| self.would_end_us(*signal)).collect::<Vec<_>>())
    }

    fn would_end_us(&self, signal: i32) -> bool {
        let is_blocked_here = is_in(blockable(), signal) && !is_in(&self.mask_before, signal);
        is_blocked_here && signal != libc::SIGCHLD && !is_ignored(signal)
    }
}

/// From now on the end of a child is reported, here and in the command.
pub(crate) fn default_for_children() {
    // SAFETY: the default disposition runs no code of ours.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_DFL) };
}

/// The kernel spares process 1 of a container every signal without a handler. So that signals can
/// end a wait there, they get a handler that exits.
pub(crate) fn end_process_1() {
    if own_pid() == 1 {
        let is_for_us = |signal: &i32| is_in(blockable(), *signal) && !is_ignored(*signal);
        for signal in all().filter(is_for_us).filter(|signal| !NOT_FOR_PROCESS_1.contains(signal)) {
            // SAFETY: the handler makes one system call, which is safe at any point.
            unsafe { libc::signal(signal, exit as extern "C" fn(i32) as libc::sighandler_t) };
        }
    }
}

/// Exits with the code that a shell would report.
extern "C" fn exit(signal: i32) {
    // SAFETY: it ends the process and runs nothing of ours.
    unsafe { libc::_exit(128 + signal) }
}

/// Whether all these processes are in our process group; 0 stands for an unknown process.
pub(crate) fn share_group(processes: &[libc::pid_t]) -> bool {
    // SAFETY: neither call has preconditions.
    processes.iter().all(|process| *process > 0 && unsafe { libc::getpgid(*process) == libc::getpgrp() })
}

/// `SIGTERM`, or a number for one that has no name.
pub(crate) fn name(signal: i32) -> String {
    nix::sys::signal::Signal::try_from(signal)
        .map_or_else(|_| format!("signal {signal}"), |signal| signal.as_str().to_owned())
}

/// Whether the signal is ignored, as under nohup(1).
fn is_ignored(signal: i32) -> bool {
    let mut found = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: nothing is changed, and a zeroed sigaction is a valid one.
    let found = unsafe {
        libc::sigaction(signal, ptr::null(), found.as_mut_ptr());
        found.assume_init()
    };
    found.sa_sigaction == libc::SIG_IGN
}

/// Whether this process leads its session, because it was started instead of a shell. Then a
/// hang-up is sent to it alone, and to the rest of its group only when it ends.
fn leads_session() -> bool {
    // SAFETY: neither call has preconditions.
    unsafe { libc::getsid(0) == libc::getpid() }
}

/// Receives the next signal of the set.
#[cfg(all(target_os = "linux", not(fasten_portable)))]
fn take(set: &libc::sigset_t) -> io::Result<Sent> {
    let mut information = MaybeUninit::<libc::siginfo_t>::zeroed();
    // SAFETY: the set is initialised, and a zeroed siginfo is a valid one.
    let (signal, information) =
        unsafe { (libc::sigwaitinfo(set, information.as_mut_ptr()), information.assume_init()) };
    match signal {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(Sent::new(&information)),
    }
}

/// A signal that arrived while the command was started.
#[cfg(all(target_os = "linux", not(fasten_portable)))]
fn left_by_the_window() -> Option<Sent> {
    super::window::left()
}

#[cfg(not(all(target_os = "linux", not(fasten_portable))))]
fn left_by_the_window() -> Option<Sent> {
    None
}

/// Receives the next signal of the set. The sender is not known here: a Ctrl-C and the like are
/// taken for the terminal's if there is a terminal.
#[cfg(not(all(target_os = "linux", not(fasten_portable))))]
fn take(set: &libc::sigset_t) -> io::Result<Sent> {
    use std::io::IsTerminal;

    let mut signal = 0;
    // SAFETY: the set is initialised, and the signal is a variable of ours.
    match unsafe { libc::sigwait(set, &raw mut signal) } {
        0 => {
            let by_kernel = OF_A_TERMINAL.contains(&signal) && io::stdin().is_terminal();
            Ok(Sent { signal, by_kernel, sender: 0 })
        }
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

/// Restores the mask and the disposition from before. Async-signal-safe: for a forked child.
pub(super) fn restore(signals: &Signals) {
    // SAFETY: the mask is an initialised one; ignoring a signal runs no code.
    unsafe {
        if signals.ignored_children {
            libc::signal(libc::SIGCHLD, libc::SIG_IGN);
        }
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const signals.mask_before, ptr::null_mut());
    }
}
