//! Whether a signal went to our whole process group, so that the command has it already.
//!
//! The kernel does not tell a signal for a group from one for a process. But a process that sends
//! one to its own group, and wants to live on, ignores it first: timeout(1) does so, and scripts with
//! `trap '' TERM; kill 0`. A shell that means only us (`kill $!`) does not.

use std::fs;
use std::thread;
use std::time::Duration;

use crate::cmd::sys::child::Child;
use crate::cmd::sys::signals;

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
