//! Which processes certainly wait for others: the links of a deadlock that are no locks.
//!
//! A process certainly waits for its child if it has one thread and no other child, and sleeps until
//! a child ends, or until a pipe can be read that the child writes: a shell and its foreground
//! command, `x=$(...)`, a program that runs a command under a lock. With another thread, a job in
//! the background, or a loop that waits for several things, it may go on by itself; then nothing is
//! certain, and what is not certain is not refused.

use std::ffi::OsStr;
use std::fs;

use super::command::Wrapper;
use super::fdinfo::{Keeper, each_lock};
use super::parse::{self, Entry};
use super::proc::{numbers_in, read};
use super::process::{Processes, executable};
use crate::layout::{GATE_DIRECTORY, lock_of_gate_file};
use crate::sys::helper_thread;

/// A lock that a process of a chain keeps.
#[derive(Debug, Clone, Copy)]
pub struct Kept {
    /// The process.
    pub pid: u32,
    /// Its descriptor.
    pub descriptor: u32,
    /// The lock.
    pub lock: Entry,
}

/// The process itself, its parent if that certainly waits for it, that one's parent, and so on. What
/// these keep is not released before the first of them goes on.
pub fn chain(pid: u32, processes: &mut Processes) -> Vec<u32> {
    chain_up_to(usize::MAX, pid, processes)
}

fn chain_up_to(generations: usize, pid: u32, processes: &mut Processes) -> Vec<u32> {
    let mut chain = vec![pid];
    let mut child = pid;
    while let Some(parent) = processes.parent(child).filter(|parent| !chain.contains(parent)) {
        if chain.len() > generations || !certainly_waits(parent, child, processes) {
            break;
        }
        chain.push(parent);
        child = parent;
    }
    chain
}

/// The main locks that the processes of a chain keep. The first of them waits in one of its threads;
/// if another one works, what it keeps may be released at any time, and does not count.
pub fn kept(chain: &[u32]) -> Vec<Kept> {
    let mut kept = Vec::new();
    let waits = chain.first().is_some_and(|&first| !has_working_threads(first));
    for &pid in &chain[usize::from(!waits)..] {
        kept_by(pid, &mut kept);
    }
    kept
}

fn kept_by(pid: u32, kept: &mut Vec<Kept>) {
    let _ = each_lock(pid, &mut Vec::new(), |keeper| {
        if keeper.entry.is_main() && !is_gate(&keeper) {
            kept.push(Kept { pid, descriptor: keeper.descriptor, lock: keeper.entry });
        }
        true
    });
}

/// Whether a process that waits keeps no lock, and cannot come to keep one before it goes on: it has
/// no thread that works.
pub fn keeps_nothing(pid: u32) -> bool {
    let mut kept = Vec::new();
    kept_by(pid, &mut kept);
    kept.is_empty() && !has_working_threads(pid)
}

/// Whether the parent of a process certainly waits for it.
pub fn is_awaited(pid: u32) -> bool {
    chain_up_to(1, pid, &mut Processes::default()).len() > 1
}

/// Whether it is a gate of a waiter, which nobody waits for but those that wait for its lock. The
/// process that has created a gate file opened it before it had a name.
fn is_gate(keeper: &Keeper) -> bool {
    let Some(path) = keeper.path().filter(|path| path.parent() == Some(GATE_DIRECTORY.as_ref())) else {
        return false;
    };
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    name.starts_with('#') || lock_of_gate_file(name.trim_end_matches(" (deleted)")).is_some()
}

/// Whether a process has threads besides the one that waits and those that help it to.
fn has_working_threads(pid: u32) -> bool {
    let Ok(threads) = numbers_in(&format!("/proc/{pid}/task")) else { return true };
    let helps = |thread: &u32| {
        fs::read(format!("/proc/{pid}/task/{thread}/comm"))
            .is_ok_and(|name| name.trim_ascii() == helper_thread::NAME.as_bytes())
    };
    threads.filter(|thread| !helps(thread)).count() != 1
}

/// What is cheap to know comes first: a parent may have a thousand children.
fn certainly_waits(parent: u32, child: u32, processes: &mut Processes) -> bool {
    let sleeps_in = sleeps_in(parent);
    let may_wait = match sleeps_in.as_slice() {
        // wait4(2) and waitid(2); timeout(1), and the wait of some shells; a pipe.
        b"do_wait" | b"sigsuspend" | b"pipe_read" | b"anon_pipe_read" => true,
        b"do_sigtimedwait" => executable(parent) == Some(Wrapper::Fasten),
        _ => false,
    };
    let reads = sleeps_in.ends_with(b"pipe_read");
    may_wait
        && processes.has_one_thread(parent)
        && processes.only_child(parent) == Some(child)
        && (!reads || reads_what_it_writes(parent, child))
}

fn sleeps_in(pid: u32) -> Vec<u8> {
    let mut buffer = Vec::new();
    let wchan = read(&format!("/proc/{pid}/wchan"), &mut buffer).unwrap_or_default();
    parse::sleeps_in(wchan).to_vec()
}

/// Whether the child has the pipe open to write that the parent reads.
fn reads_what_it_writes(parent: u32, child: u32) -> bool {
    let mut buffer = Vec::new();
    let call = read(&format!("/proc/{parent}/syscall"), &mut buffer).unwrap_or_default();
    let Some(descriptor) = parse::reads_from(call, libc::SYS_read) else { return false };
    let Ok(pipe) = fs::read_link(format!("/proc/{parent}/fd/{descriptor}")) else { return false };
    let is_it = |number: u32| {
        fs::read_link(format!("/proc/{child}/fd/{number}")).is_ok_and(|found| found == pipe)
            && fs::read(format!("/proc/{child}/fdinfo/{number}")).is_ok_and(|info| parse::is_written(&info))
    };
    numbers_in(&format!("/proc/{child}/fd")).is_ok_and(|mut descriptors| descriptors.any(is_it))
}
