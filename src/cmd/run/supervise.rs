//! Waiting for the command, passing on the signals that are meant for it, and ending as it did.
//!
//! One thread takes the signals one after the other, so there is no moment in
//! which the command has been reaped and a signal could reach a stranger that
//! has got its pid. What the terminal sends (Ctrl-C, Ctrl-\, a hang-up) goes to
//! the whole foreground group: the command has it already. So it is with what a
//! process sends to its own group, if that is ours and the command's. The kernel
//! does not tell a signal for a group from one for a process. But a process that sends
//! one to its own group, and wants to live on, ignores it first: timeout(1) does so, and scripts with
//! `trap '' TERM; kill 0`. A shell that means only us (`kill $!`) does not.

use std::time::Duration;
use std::{fs, io, thread};

use crate::cmd::message::{word, write_stderr_at_once};
use crate::cmd::sys::child::{Child, End};
use crate::cmd::sys::entry;
use crate::cmd::sys::signals::{self, Arrived, Signals};

/// What became of a command.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ended {
    /// It ran, and ended so.
    Ran(End),
    /// This signal came before it was started.
    CalledOff(i32),
}

/// Stays until the command has ended. What cannot be passed on is said under our name.
pub(super) fn supervise(mut child: Child, signals: &Signals, name: &str) -> io::Result<End> {
    loop {
        match signals.next()? {
            Arrived::ChildChanged => {
                if let Some(end) = child.has_ended_among_others()? {
                    return Ok(end);
                }
            }
            Arrived::FromProcess(signal, sender) => {
                if !has_it(sender, signal, &child) {
                    pass_on(signal, &child, name);
                }
            }
            Arrived::FromTerminal => {}
        }
    }
}

/// A command under sudo(8) belongs to another user.
fn pass_on(signal: i32, child: &Child, name: &str) {
    if let Err(error) = child.send(signal) {
        let (signal, pid, why) = (signals::name(signal), child.pid(), word(&error));
        let line = format!("{name}: {signal} cannot be passed on to the command (pid {pid}): {why}\n");
        write_stderr_at_once(line.as_bytes());
    }
}

/// Ends this process by the signal that killed the command, or came before it, without a second
/// core dump; otherwise the code to end with. The code is also for where the
/// signal does not kill (process 1 of a container): what a shell would report.
pub(crate) fn end_like(ended: Ended) -> u8 {
    match ended {
        Ended::Ran(End::Exited(code)) => code,
        Ended::Ran(End::Killed(signal)) | Ended::CalledOff(signal) => {
            entry::die_by(signal);
            u8::try_from(128 + signal).unwrap_or(u8::MAX)
        }
    }
}

/// timeout(1) sends to its child first and to its group only then.
const LOOKS: usize = 50;
const LOOKS_EVERY: Duration = Duration::from_millis(1);

/// Whether this process, which has sent this signal, has sent it to the group that it shares with us and
/// with the command.
pub(super) fn has_it(sender: i32, signal: i32, command: &Child) -> bool {
    signals::share_group(&[sender, command.pid()]) && sent_to_its_group(sender, signal)
}

/// It may be about to: it is looked at again until it sleeps or is gone.
fn sent_to_its_group(sender: i32, signal: i32) -> bool {
    for _ in 0..LOOKS {
        let Ok(status) = fs::read_to_string(format!("/proc/{sender}/status")) else { return false };
        if has(&status, "SigIgn:", signal) || has(&status, "ShdPnd:", signal) {
            return true;
        }
        if !field(&status, "State:").starts_with('R') {
            return false;
        }
        thread::sleep(LOOKS_EVERY);
    }
    false
}

fn has(status: &str, set: &str, signal: i32) -> bool {
    u64::from_str_radix(field(status, set), 16).is_ok_and(|set| set >> (signal - 1) & 1 == 1)
}

fn field<'a>(status: &'a str, name: &str) -> &'a str {
    status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim()
}
