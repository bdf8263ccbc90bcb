//! Which processes certainly wait for others: the links of a deadlock that are not locks.
//!
//! A process certainly waits for its child if it has one thread and no other child, and sleeps
//! until a child ends, or until it can read a pipe that the child writes. Such are a shell with its
//! foreground command, `x=$(...)`, and a program that runs a command under a lock. A process with
//! another thread, with a job in the background, or with a loop that waits for several things may
//! go on by itself and release its lock. Then nothing is certain, and a wait that may end is not
//! refused.
//!
//! A *chain* is a process that waits, its parent if that certainly waits for it, that one's parent,
//! and so on. No process of the chain releases a lock before the first one goes on, for each sleeps
//! until the one before it ends or writes. A signal could end that sleep too, or another process
//! that writes to the same pipe. Neither is counted on: a wait that only ends so is reported as a
//! deadlock.

use std::ffi::OsStr;
use std::fs;

use super::command::Wrapper;
use super::fdinfo::{FdLock, each_lock};
use super::parse;
use super::proc::{numbers_in, read};
use super::process::{Processes, executable};
use crate::layout::{GATE_DIRECTORY, lock_of_gate_file};
use crate::sys::helper_thread;

/// The chain of a process that waits: the process itself first, then upwards.
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

/// The main locks that the processes of a chain hold and do not release before its first process
/// goes on. The first process waits in one of its threads. If it has another thread that works,
/// that thread may release the process's locks at any time, so they are left out. The other
/// processes of a chain have one thread.
pub fn held_by_chain(chain: &[u32]) -> Vec<FdLock> {
    let mut held = Vec::new();
    let first_works_on = chain.first().is_some_and(|&first| has_working_threads(first));
    for &pid in &chain[usize::from(first_works_on)..] {
        collect_main_locks(pid, &mut held);
    }
    held
}

/// Adds the locks of a process; none if we may not read its descriptors. A lock that is missed can
/// hide a deadlock, but cannot make a wait look like one.
fn collect_main_locks(pid: u32, held: &mut Vec<FdLock>) {
    let _ = each_lock(pid, &mut Vec::new(), |lock| {
        if lock.entry.is_main() && !is_gate(&lock) {
            held.push(lock);
        }
        true
    });
}

/// Whether a process that waits holds no lock, but for what it holds through the descriptor that
/// waits, and cannot get one before it goes on, as it has no other thread that works.
pub fn keeps_nothing(pid: u32, waiting: Option<u32>) -> bool {
    let mut held = Vec::new();
    collect_main_locks(pid, &mut held);
    held.iter().all(|lock| Some(lock.descriptor) == waiting) && !has_working_threads(pid)
}

/// Whether the parent of a process certainly waits for it.
pub fn is_awaited(pid: u32) -> bool {
    chain_up_to(1, pid, &mut Processes::default()).len() > 1
}

/// Whether it is a lock on a gate file. A waiter holds gates, but the processes that wait at them
/// all wait for its lock, and are found as waiters of that. A process that has created a gate file
/// opened it before it had a name: then the link shows `#INODE`.
fn is_gate(lock: &FdLock) -> bool {
    let Some(path) = lock.path().filter(|path| path.parent() == Some(GATE_DIRECTORY.as_ref())) else {
        return false;
    };
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    name.starts_with('#') || lock_of_gate_file(name.trim_end_matches(" (deleted)")).is_some()
}

/// Whether a process has a thread besides the one that waits and the library's own threads, which
/// interrupt the wait and look for deadlocks; yes if that cannot be seen.
pub fn has_working_threads(pid: u32) -> bool {
    let Ok(threads) = numbers_in(&format!("/proc/{pid}/task")) else { return true };
    let helps = |thread: &u32| {
        fs::read(format!("/proc/{pid}/task/{thread}/comm"))
            .is_ok_and(|name| name.trim_ascii() == helper_thread::NAME.as_bytes())
    };
    threads.filter(|thread| !helps(thread)).count() != 1
}

/// Whether `parent` certainly waits for `child`. The cheap questions come first: a parent may have
/// a thousand children.
///
/// The kernel function in which the parent sleeps is read from its wchan, which other users may
/// read too. A call that waits for several things at once (poll, select) has another name and is
/// never certain.
fn certainly_waits(parent: u32, child: u32, processes: &mut Processes) -> bool {
    let sleeps_in = sleeps_in(parent);
    let may_wait = match sleeps_in.as_slice() {
        // wait4(2) and waitid(2); timeout(1), and `wait` in some shells; read(2) on a pipe.
        b"do_wait" | b"sigsuspend" | b"pipe_read" | b"anon_pipe_read" => true,
        // Many programs wait for signals so. Of fasten we know that it waits for its child.
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

/// Whether the child has the pipe open for writing that the parent reads; no if we may not trace
/// the parent, so cannot see what it reads.
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
