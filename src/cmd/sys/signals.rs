//! The signals of a process that watches over a command.
//!
//! They are blocked and then taken one by one, with what the kernel tells of
//! their senders: no handler runs, nothing is interrupted, and none can get lost
//! between two looks.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;

use super::signal_set::{OF_A_TERMINAL, Sent, all, is_in, kept, only, own_pid};

/// What a process 1 need not be ended by: that its children end, and that nobody reads what it writes.
const NOT_FOR_PROCESS_1: [i32; 2] = [libc::SIGCHLD, libc::SIGPIPE];

/// All signals that would end this process, and the one that a child has ended, are kept for
/// [`Signals::next`]; this knows what they were before, which is what the command is to inherit.
#[derive(Debug)]
pub(crate) struct Signals {
    pub(super) mask_before: libc::sigset_t,
    pub(super) children_were_ignored: bool,
}

/// What a signal tells the supervisor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrived {
    /// The command may have ended.
    ChildChanged,
    /// This process has sent this signal, to us alone or to our group; 0 if it is not known.
    FromProcess(i32, libc::pid_t),
    /// The terminal sent a signal to its whole foreground group: the command
    /// has it already.
    FromTerminal,
}

impl Signals {
    /// Keeps them from now until the process ends.
    pub(crate) fn keep_for_supervisor() -> Self {
        let mut mask_before = MaybeUninit::zeroed();
        // SAFETY: the set is initialised, and a zeroed one is valid to be filled in; the default disposition of SIGCHLD
        // runs no code of ours. While it is ignored, a child's end would leave
        // no code behind to be read.
        let children_before = unsafe {
            libc::pthread_sigmask(libc::SIG_BLOCK, kept(), mask_before.as_mut_ptr());
            libc::signal(libc::SIGCHLD, libc::SIG_DFL)
        };
        // SAFETY: it was zeroed, and then filled in.
        let mask_before = unsafe { mask_before.assume_init() };
        let children_were_ignored = children_before == libc::SIG_IGN;
        Self { mask_before, children_were_ignored }
    }

    /// Sleeps until one of them arrives.
    #[allow(clippy::unused_self, reason = "they are kept only since there is one")]
    pub(crate) fn next(&self) -> io::Result<Arrived> {
        loop {
            let sent = match left_from_the_start().map_or_else(|| take(kept()), Ok) {
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
            // Our own doing, such as a write to a broken pipe, is no message for the command.
            if sent.sender != own_pid() {
                return Ok(Arrived::FromProcess(sent.signal, sent.sender));
            }
        }
    }

    /// One that has arrived since they are kept, and would have ended this process otherwise.
    pub(crate) fn arrived(&self) -> Option<i32> {
        let mut pending = only(&[]);
        // SAFETY: the set is ours, and initialised.
        unsafe { libc::sigpending(&raw mut pending) };
        all().find(|signal| is_in(&pending, *signal) && self.would_end_us(*signal))
    }

    /// Gives this process the mask back that it had before; it is about to become the command.
    pub(crate) fn give_back(&self) {
        put_back(self);
    }

    /// Those that would end this process if they were not kept.
    pub(super) fn ending(&self) -> libc::sigset_t {
        only(&all().filter(|signal| self.would_end_us(*signal)).collect::<Vec<_>>())
    }

    fn would_end_us(&self, signal: i32) -> bool {
        let is_kept = is_in(kept(), signal) && !is_in(&self.mask_before, signal);
        is_kept && signal != libc::SIGCHLD && !is_ignored(signal)
    }
}

/// From now on a child's end is told, here and in the command.
pub(crate) fn default_for_children() {
    // SAFETY: the default disposition runs no code of ours.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_DFL) };
}

/// As process 1 of a container we would be spared every signal that has no handler; so that they end
/// us while we wait, they have one that does.
pub(crate) fn end_process_1() {
    if own_pid() == 1 {
        let is_for_us = |signal: &i32| is_in(kept(), *signal) && !is_ignored(*signal);
        for signal in all().filter(is_for_us).filter(|signal| !NOT_FOR_PROCESS_1.contains(signal)) {
            // SAFETY: the handler makes one system call, which is safe at any point.
            unsafe { libc::signal(signal, exit as extern "C" fn(i32) as libc::sighandler_t) };
        }
    }
}

/// With the code that a shell reports of it.
extern "C" fn exit(signal: i32) {
    // SAFETY: it ends the process and runs nothing of ours.
    unsafe { libc::_exit(128 + signal) }
}

/// Whether these processes are all in our process group; 0 is a process that is not known.
pub(crate) fn share_group(processes: &[libc::pid_t]) -> bool {
    // SAFETY: neither call has preconditions.
    processes.iter().all(|process| *process > 0 && unsafe { libc::getpgid(*process) == libc::getpgrp() })
}

/// `SIGTERM`, or a number for one that has no name.
pub(crate) fn name(signal: i32) -> String {
    nix::sys::signal::Signal::try_from(signal)
        .map_or_else(|_| format!("signal {signal}"), |signal| signal.as_str().to_owned())
}

/// As under nohup(1).
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
fn take(set: &libc::sigset_t) -> io::Result<Sent> {
    let mut information = MaybeUninit::<libc::siginfo_t>::zeroed();
    // SAFETY: the set is initialised, and a zeroed siginfo is a valid one.
    let (signal, information) =
        unsafe { (libc::sigwaitinfo(set, information.as_mut_ptr()), information.assume_init()) };
    match signal {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(Sent::told_by(&information)),
    }
}

/// One that arrived while the command was started.
#[cfg(all(target_os = "linux", not(fasten_portable)))]
fn left_from_the_start() -> Option<Sent> {
    super::window::left()
}

#[cfg(not(all(target_os = "linux", not(fasten_portable))))]
fn left_from_the_start() -> Option<Sent> {
    None
}

/// The next signal of the set. Who sent it is not told here: a Ctrl-C and its
/// like are taken for the terminal's if there is a terminal.
#[cfg(not(all(target_os = "linux", not(fasten_portable))))]
fn take(set: &libc::sigset_t) -> io::Result<Sent> {
    use std::io::IsTerminal;

    let mut signal = 0;
    // SAFETY: the set is initialised and the place for the signal is ours.
    match unsafe { libc::sigwait(set, &raw mut signal) } {
        0 => {
            let by_kernel = OF_A_TERMINAL.contains(&signal) && io::stdin().is_terminal();
            Ok(Sent { signal, by_kernel, sender: 0 })
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
