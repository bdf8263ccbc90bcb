//! Waiting for the command, passing on the signals that are meant for it, and exiting as it did.
//!
//! One thread handles the signals and the command's end one after the other. So no signal is sent
//! after the command has been reaped, when another process may have its pid.
//!
//! A signal must not reach the command twice. The terminal sends its signals (Ctrl-C, Ctrl-\, a
//! hang-up) to the whole foreground group: the command has them already. The same holds for a
//! signal that a process sends to its own group, if fasten and the command are in it. The kernel
//! does not report whether a signal was for a group or for one process. But a process that signals
//! its own group, and is to survive that, ignores the signal first: timeout(1) does so, and scripts
//! with `trap '' TERM; kill 0`. A shell that signals only fasten (`kill $!`) does not.

use std::time::Duration;
use std::{fs, io, thread};

use crate::cmd::message::{word, write_stderr_at_once};
use crate::cmd::sys::child::{Child, End};
use crate::cmd::sys::entry;
use crate::cmd::sys::signals::{self, Arrived, Signals};

/// What became of a command.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ended {
    /// It ran, and ended like this.
    Ran(End),
    /// This signal came before it was started: it never ran.
    Cancelled(i32),
}

/// Waits until the command has ended. A signal that cannot be passed on is reported.
pub(super) fn supervise(mut child: Child, signals: &Signals, name: &str) -> io::Result<End> {
    loop {
        match signals.next()? {
            Arrived::ChildChanged => {
                if let Some(end) = child.has_ended_among_others()? {
                    return Ok(end);
                }
            }
            Arrived::FromProcess(signal, sender) => {
                if !was_for_the_group(sender, signal, &child) {
                    pass_on(signal, &child, name);
                }
            }
            Arrived::FromTerminal => {}
        }
    }
}

/// This fails for a command of another user, as under sudo(8).
fn pass_on(signal: i32, child: &Child, name: &str) {
    if let Err(error) = child.send(signal) {
        let (signal, pid, why) = (signals::name(signal), child.pid(), word(&error));
        let line = format!("{name}: {signal} cannot be passed on to the command (pid {pid}): {why}\n");
        write_stderr_at_once(line.as_bytes());
    }
}

/// The exit code of the command. If a signal killed it, or came before it, this process dies by the
/// same signal, without a second core dump; where the signal does not kill (process 1 of a
/// container), the code is the one that a shell reports.
pub(crate) fn end_like(ended: Ended) -> u8 {
    match ended {
        Ended::Ran(End::Exited(code)) => code,
        Ended::Ran(End::Killed(signal)) | Ended::Cancelled(signal) => {
            entry::die_by(signal);
            u8::try_from(128 + signal).unwrap_or(u8::MAX)
        }
    }
}

/// timeout(1) signals its child first and its group after that.
const LOOKS: usize = 50;
const PAUSE: Duration = Duration::from_millis(1);

/// Whether the sender has sent the signal to a whole group that fasten and the command are in too.
fn was_for_the_group(sender: i32, signal: i32, command: &Child) -> bool {
    signals::share_group(&[sender, command.pid()]) && sent_to_its_group(sender, signal)
}

/// The sender may be about to do so: it is looked at again until it sleeps or is gone.
fn sent_to_its_group(sender: i32, signal: i32) -> bool {
    for _ in 0..LOOKS {
        let Ok(status) = fs::read_to_string(format!("/proc/{sender}/status")) else { return false };
        if has(&status, "SigIgn:", signal) || has(&status, "ShdPnd:", signal) {
            return true;
        }
        if !field(&status, "State:").starts_with('R') {
            return false;
        }
        thread::sleep(PAUSE);
    }
    false
}

fn has(status: &str, set: &str, signal: i32) -> bool {
    u64::from_str_radix(field(status, set), 16).is_ok_and(|set| set >> (signal - 1) & 1 == 1)
}

fn field<'a>(status: &'a str, name: &str) -> &'a str {
    status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim()
}
