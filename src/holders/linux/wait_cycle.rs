//! Deadlocks: waits that certainly never end.
//!
//! Each process of a cycle waits for a lock, and it, or one that certainly waits for it, keeps a lock
//! that the one before waits for. Seen from the one that asks: what its own chain keeps is awaited by
//! others, what their chains keep by others still, and one of these keeps what it waits for itself.
//! So only the descriptors of processes are read that are links already.

use std::collections::HashSet;
use std::io;

use super::certain_wait::{Kept, chain, kept};
use super::fdinfo::{Keeper, Keepers};
use super::gate_files::{self, Lines, Locks};
use super::parse::Entry;
use super::process::Processes;
use super::waiting::{Queued, waiting};
use crate::holders::LockId;
use crate::holders::cycle_steps::{Ancestor, Link, Step};
use crate::mode::{Family, Mode};

/// A wait that certainly never ends, as things stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cycle {
    /// The asking process, or one that certainly waits for it, keeps the lock itself.
    HeldAbove(Ancestor),
    /// Several wait for each other; the step of the asking one comes first.
    Steps(Vec<Step>),
}

/// The cycle in which `from` waits for `file`; `None` if there is none, or if it is not certain.
///
/// Sources of truth: /proc/locks for what is awaited; for the processes of the cycle, what they sleep
/// in, their threads and children, and the `lock:` lines of their /proc/PID/fdinfo. A waiter is missing
/// in the table for the moment in which it is woken and finds the lock taken again, and a command may
/// be about to end: so look twice.
///
/// # Errors
/// Those of reading /proc/locks.
pub fn wait_cycle(file: LockId, mode: Mode, family: Family, from: u32) -> io::Result<Option<Vec<Step>>> {
    Ok(match certain_cycle(file, mode, family, from)? {
        Some(Cycle::Steps(steps)) => Some(steps),
        _ => None,
    })
}

/// The same, with the case in which the lock itself is kept above.
///
/// # Errors
/// Those of reading /proc/locks.
pub(crate) fn certain_cycle(
    file: LockId,
    mode: Mode,
    family: Family,
    from: u32,
) -> io::Result<Option<Cycle>> {
    let mut search = Search {
        processes: Processes::default(),
        keepers: Keepers::default(),
        locks: None,
        nodes: Vec::new(),
    };
    let want = Want { file: file.in_table(), mode, family };
    let own_want = want;
    let own = search.node(from, want, None);
    if own.kept.is_empty() {
        return Ok(None);
    }
    let is_the_file = |kept: &Kept| file.is_open_as(kept.pid, kept.descriptor);
    let (inherited, above): (Vec<&Kept>, Vec<&Kept>) = own
        .kept
        .iter()
        .filter(|kept| want.conflicts(&kept.lock) && is_the_file(kept))
        .partition(|kept| kept.pid == from);
    if let Some(kept) =
        above.into_iter().chain(inherited).find(|kept| search.is_kept_by_none_but(&own.chain, kept))
    {
        return Ok(Some(Cycle::HeldAbove(search.ancestor(kept))));
    }
    search.nodes.push(own);
    let passes = search.has_a_writer_between(want)?;
    let mut seen = HashSet::from([from]);
    let mut next = 0;
    while next < search.nodes.len() {
        // The uppermost of those that keep a lock stands for it.
        for kept in search.nodes[next].kept.clone().into_iter().rev() {
            for (pid, want) in search.waiters_for(&kept)? {
                if !seen.insert(pid) {
                    continue;
                }
                let node = search.node(pid, want, Some((next, kept)));
                let closes = |held: &&Kept| own_want.is_kept_from(&held.lock, passes) && is_the_file(held);
                let closing = node.kept.iter().rfind(closes).copied();
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

    fn conflicts(self, lock: &Entry) -> bool {
        self.is_about(lock) && (self.mode == Mode::Exclusive || lock.mode == Mode::Exclusive)
    }

    /// Readers are in a reader's way when a writer waits between them.
    fn is_kept_from(self, lock: &Entry, a_writer_is_between: bool) -> bool {
        self.conflicts(lock) || self.is_about(lock) && a_writer_is_between
    }
}

/// One that waits, and what is kept until it goes on.
struct Node {
    waiter: u32,
    want: Want,
    chain: Vec<u32>,
    kept: Vec<Kept>,
    /// The node whose lock it waits for.
    from: Option<(usize, Kept)>,
}

struct Search {
    processes: Processes,
    keepers: Keepers,
    locks: Option<Locks>,
    nodes: Vec<Node>,
}

impl Search {
    fn node(&mut self, waiter: u32, want: Want, from: Option<(usize, Kept)>) -> Node {
        let chain = chain(waiter, &mut self.processes);
        let kept = kept(&chain);
        Node { waiter, want, chain, kept, from }
    }

    fn waiting(&mut self, file: LockId) -> io::Result<Vec<Queued>> {
        if self.locks.is_none() {
            self.locks = Some(gate_files::of_all()?);
        }
        let lines = self.locks.as_ref().and_then(|locks| locks.get(&file));
        let Some(Lines { own, gates }) = lines else { return Ok(Vec::new()) };
        Ok(waiting(file, own, gates, &[], &mut self.processes))
    }

    fn has_a_writer_between(&mut self, want: Want) -> io::Result<bool> {
        let writes = |one: &Queued| one.mode == Mode::Exclusive && one.family == want.family;
        Ok(want.mode == Mode::Shared && self.waiting(want.file)?.iter().any(writes))
    }

    /// The processes that this lock keeps waiting.
    fn waiters_for(&mut self, kept: &Kept) -> io::Result<Vec<(u32, Want)>> {
        let (file, family) = (kept.lock.file, kept.lock.kind.family());
        let waiting = self.waiting(file)?;
        let a_writer_waits = waiting.iter().any(|one| one.mode == Mode::Exclusive);
        let wants = waiting
            .iter()
            .filter_map(|one| Some((one.pid?, Want { file, mode: one.mode, family: one.family })));
        Ok(wants
            .filter(|(_, want)| want.family == family && want.is_kept_from(&kept.lock, a_writer_waits))
            .collect())
    }

    fn ancestor(&mut self, kept: &Kept) -> Ancestor {
        let about = self.processes.describe(kept.pid);
        Ancestor { pid: kept.pid, user: about.user, command: about.command, mode: kept.lock.mode }
    }

    /// Whether only these processes have the open file by which the lock is kept: another one could
    /// release it.
    fn is_kept_by_none_but(&mut self, chain: &[u32], kept: &Kept) -> bool {
        let this = keeper(kept);
        let all = self.keepers.of_file(kept.lock.file);
        all.iter().filter(|other| other.shares_lock_with(&this)).all(|other| chain.contains(&other.pid))
    }

    fn is_certain(&mut self, links: &[(usize, Kept)]) -> bool {
        links.iter().all(|(node, kept)| {
            let chain = self.nodes[*node].chain.clone();
            self.is_kept_by_none_but(&chain, kept)
        })
    }

    /// The nodes with what of each is waited for: the asking one, then the last, which keeps what the
    /// asking one wants, and so on down to the first that waits for the asking one.
    fn links(&self, closing: Kept) -> Vec<(usize, Kept)> {
        let mut at = self.nodes.len() - 1;
        let mut links = vec![(at, closing)];
        while let Some((from, kept)) = self.nodes[at].from {
            links.push((from, kept));
            at = from;
        }
        links.rotate_right(1);
        links
    }

    /// Each wants what the next one keeps, and the last wants what the first keeps.
    fn steps(&mut self, links: &[(usize, Kept)]) -> Vec<Step> {
        let mut steps = Vec::new();
        for (index, (node, kept)) in links.iter().enumerate() {
            let (_, wanted) = &links[(index + 1) % links.len()];
            let about = self.processes.describe(kept.pid);
            let node = &self.nodes[*node];
            steps.push(Step {
                pid: kept.pid,
                user: about.user,
                command: about.command,
                holds: link(kept, kept.lock.mode),
                waiter: node.waiter,
                wants: link(wanted, node.want.mode),
            });
        }
        steps
    }
}

fn link(kept: &Kept, mode: Mode) -> Link {
    Link { file: kept.lock.file, path: keeper(kept).path(), mode }
}

fn keeper(kept: &Kept) -> Keeper {
    Keeper { pid: kept.pid, descriptor: kept.descriptor, entry: kept.lock }
}
