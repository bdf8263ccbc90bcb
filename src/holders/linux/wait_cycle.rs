//! Deadlocks: waits that certainly never end.
//!
//! In a cycle each process waits for a lock that the next one holds, itself or through a process
//! that certainly waits for it (its chain, see [`certain_wait`](super::certain_wait)). The search
//! starts at the asking process and goes backwards: to the waiters for the locks that its chain
//! holds, to the waiters for the locks that their chains hold, and so on, until one of these chains
//! holds the lock that the asking process wants. So only the descriptors of processes on such a
//! path are read. To go forwards, from a lock to its holders, would need those of all processes.
//!
//! ```text
//! asking process   wants A, its chain holds B
//! 1st found        wants B, its chain holds C
//! 2nd found        wants C, its chain holds A: a cycle
//! ```
//!
//! A cycle counts only if no process outside a chain has the open file of the lock that the chain
//! holds, for it could release the lock. That alone is looked up in all processes, at the end.

use std::collections::HashSet;
use std::io;

use super::certain_wait::{chain, held_by_chain};
use super::fdinfo::{FdLock, FdLocks};
use super::gate_files::{self, Lines, LinesByLock};
use super::parse::Entry;
use super::process::Processes;
use super::waiting::{Waiting, waiting};
use crate::holders::LockId;
use crate::holders::report::{Ancestor, Link, Step};
use crate::mode::{Family, Mode};

/// A wait that certainly never ends, as things stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cycle {
    /// The asking process, or one that certainly waits for it, holds the wanted lock itself.
    HeldAbove(Ancestor),
    /// Several processes wait for each other; the step of the asking process comes first.
    Steps(Vec<Step>),
}

/// The cycle in which the process `from` waits for `file`; `None` if there is none, or if it is not
/// certain.
///
/// Sources of truth: /proc/locks for what is awaited; for the processes of the cycle, the calls
/// that they sleep in, their threads and children, and the `lock:` lines of their /proc/PID/fdinfo.
///
/// Act only on an answer that comes twice: a command may be about to end, and the table omits a
/// waiter from its waking until it finds the lock taken again.
///
/// # Errors
/// Those of reading /proc/locks.
pub fn wait_cycle(file: LockId, mode: Mode, family: Family, from: u32) -> io::Result<Option<Vec<Step>>> {
    Ok(match certain_cycle(file, mode, family, from)? {
        Some(Cycle::Steps(steps)) => Some(steps),
        _ => None,
    })
}

/// As [`wait_cycle`], and also the case in which the wanted lock is held above.
///
/// # Errors
/// Those of reading /proc/locks.
pub(crate) fn certain_cycle(
    file: LockId,
    mode: Mode,
    family: Family,
    from: u32,
) -> io::Result<Option<Cycle>> {
    let mut search = CycleSearch {
        processes: Processes::default(),
        fd_locks: FdLocks::default(),
        lines: None,
        nodes: Vec::new(),
    };
    let own_want = Want { file: file.in_table(), mode, family };
    let own = search.node(from, own_want, None);
    // No process waits for one that holds nothing.
    if own.held.is_empty() {
        return Ok(None);
    }
    let is_the_file = |lock: &FdLock| file.is_open_as(lock.pid, lock.descriptor);
    let wanted = own.held.iter().filter(|lock| own_want.conflicts_with(&lock.entry) && is_the_file(lock));
    let (inherited, above): (Vec<&FdLock>, Vec<&FdLock>) = wanted.partition(|lock| lock.pid == from);
    // A message names the ancestor rather than this process, which only inherited the descriptor.
    if let Some(lock) =
        above.into_iter().chain(inherited).find(|lock| search.is_held_only_by(&own.chain, lock))
    {
        return Ok(Some(Cycle::HeldAbove(search.ancestor(lock))));
    }
    search.nodes.push(own);
    let passes = search.a_writer_is_before(own_want)?;
    let mut seen = HashSet::from([from]);
    // Breadth first, so that a short cycle is found first.
    let mut next = 0;
    while next < search.nodes.len() {
        // If several processes of the chain hold a lock, the uppermost stands for it.
        for lock in search.nodes[next].held.clone().into_iter().rev() {
            for (pid, want) in search.waiters_for(&lock)? {
                if !seen.insert(pid) {
                    continue;
                }
                let node = search.node(pid, want, Some((next, lock)));
                let closes =
                    |held: &&FdLock| own_want.is_blocked_by(&held.entry, passes) && is_the_file(held);
                let closing = node.held.iter().rfind(closes).copied();
                search.nodes.push(node);
                let links = closing.map(|closing| search.links(closing));
                if let Some(links) = links.filter(|links| search.is_certain(links)) {
                    return Ok(Some(Cycle::Steps(search.steps(&links))));
                }
            }
        }
        next += 1;
    }
    Ok(None)
}

/// What a process waits for.
#[derive(Clone, Copy)]
struct Want {
    file: LockId,
    mode: Mode,
    family: Family,
}

impl Want {
    fn is_about(self, lock: &Entry) -> bool {
        lock.file == self.file && lock.kind.family() == self.family
    }

    fn conflicts_with(self, lock: &Entry) -> bool {
        self.is_about(lock) && (self.mode == Mode::Exclusive || lock.mode == Mode::Exclusive)
    }

    /// Whether this wait can end only after the lock is released. A reader's lock blocks another
    /// reader too if a writer waits between them: the writer waits for the first, the second for
    /// the writer.
    fn is_blocked_by(self, lock: &Entry, a_writer_is_between: bool) -> bool {
        self.conflicts_with(lock) || self.is_about(lock) && a_writer_is_between
    }
}

/// A process that waits, and the locks that stay held until it goes on.
struct Node {
    waiter: u32,
    want: Want,
    chain: Vec<u32>,
    held: Vec<FdLock>,
    /// The node whose lock it waits for, by its index, and that lock; `None` for the asking
    /// process.
    awaits: Option<(usize, FdLock)>,
}

struct CycleSearch {
    processes: Processes,
    fd_locks: FdLocks,
    /// The table, read when it is first needed: all steps are taken from one reading.
    lines: Option<LinesByLock>,
    nodes: Vec<Node>,
}

impl CycleSearch {
    fn node(&mut self, waiter: u32, want: Want, awaits: Option<(usize, FdLock)>) -> Node {
        let chain = chain(waiter, &mut self.processes);
        let held = held_by_chain(&chain);
        Node { waiter, want, chain, held, awaits }
    }

    fn waiting(&mut self, file: LockId) -> io::Result<Vec<Waiting>> {
        if self.lines.is_none() {
            self.lines = Some(gate_files::of_all()?);
        }
        let lines = self.lines.as_ref().and_then(|lines| lines.get(&file));
        let Some(Lines { own, gates }) = lines else { return Ok(Vec::new()) };
        Ok(waiting(file, own, gates, &[], &mut self.processes))
    }

    fn a_writer_is_before(&mut self, want: Want) -> io::Result<bool> {
        let writes = |one: &Waiting| one.mode == Mode::Exclusive && one.family == want.family;
        Ok(want.mode == Mode::Shared && self.waiting(want.file)?.iter().any(writes))
    }

    /// The processes that wait until this lock is released.
    fn waiters_for(&mut self, lock: &FdLock) -> io::Result<Vec<(u32, Want)>> {
        let (file, family) = (lock.entry.file, lock.entry.kind.family());
        let waiting = self.waiting(file)?;
        let a_writer_waits = waiting.iter().any(|one| one.mode == Mode::Exclusive);
        let wants = waiting
            .iter()
            .filter_map(|one| Some((one.pid?, Want { file, mode: one.mode, family: one.family })));
        Ok(wants
            .filter(|(_, want)| want.family == family && want.is_blocked_by(&lock.entry, a_writer_waits))
            .collect())
    }

    fn ancestor(&mut self, lock: &FdLock) -> Ancestor {
        let about = self.processes.describe(lock.pid);
        Ancestor { pid: lock.pid, user: about.user, command: about.command, mode: lock.entry.mode }
    }

    /// Whether no process outside the chain has the open file through which the lock is held.
    fn is_held_only_by(&mut self, chain: &[u32], lock: &FdLock) -> bool {
        let all = self.fd_locks.on_file(lock.entry.file);
        all.iter().filter(|other| other.shares_lock_with(lock)).all(|other| chain.contains(&other.pid))
    }

    fn is_certain(&mut self, links: &[(usize, FdLock)]) -> bool {
        links.iter().all(|(node, lock)| {
            let chain = self.nodes[*node].chain.clone();
            self.is_held_only_by(&chain, lock)
        })
    }

    /// The nodes of the cycle, each with the lock that the one before it wants: the asking process,
    /// then the node found last, which holds `closing`, and from there back to the first one found,
    /// which wants what the asking process holds.
    fn links(&self, closing: FdLock) -> Vec<(usize, FdLock)> {
        let mut at = self.nodes.len() - 1;
        let mut links = vec![(at, closing)];
        while let Some((awaited, lock)) = self.nodes[at].awaits {
            links.push((awaited, lock));
            at = awaited;
        }
        links.rotate_right(1);
        links
    }

    /// Each step wants what the next one holds, and the last wants what the first holds.
    fn steps(&mut self, links: &[(usize, FdLock)]) -> Vec<Step> {
        let mut steps = Vec::new();
        for (index, (node, held)) in links.iter().enumerate() {
            let (_, wanted) = &links[(index + 1) % links.len()];
            let about = self.processes.describe(held.pid);
            let node = &self.nodes[*node];
            steps.push(Step {
                pid: held.pid,
                user: about.user,
                command: about.command,
                holds: link(held, held.entry.mode),
                waiter: node.waiter,
                wants: link(wanted, node.want.mode),
            });
        }
        steps
    }
}

fn link(lock: &FdLock, mode: Mode) -> Link {
    Link { file: lock.entry.file, path: lock.path(), mode }
}
