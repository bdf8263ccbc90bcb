//! Who waits for a lock, in the order in which they will be served.
//!
//! The kernel's table shows three kinds of waiters: requests blocked on the lock itself, processes that
//! have passed a gate and not got the lock yet, and requests blocked on a gate. A process that holds a
//! gate and also the lock, itself or through what it has started, is a holder.

use super::LockId;
use super::held::Held;
use super::ofd;
use super::parse::{Entry, Kind};
use super::process::Processes;
use super::report::Waiter;
use crate::lock::{Family, Mode, layout};

/// One waiter, before anything is read about the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// The process; `None` when it cannot be seen.
    pub pid: Option<u32>,
    /// How it wants the lock.
    pub mode: Mode,
    /// In which family.
    pub family: Family,
}

/// The waiters of one file, given its lines of the table and its holders.
pub fn waiting(file: LockId, entries: &[Entry], held: &[Held], processes: &mut Processes) -> Vec<Waiting> {
    let of_this = |entry: &&Entry| !entry.pid.is_some_and(|pid| file.is_mistaken_for_that_of(pid));
    let (blocked, granted): (Vec<&Entry>, Vec<&Entry>) =
        entries.iter().filter(of_this).partition(|entry| entry.blocked);
    let at_gates: Vec<&Entry> =
        in_turn(granted.iter().copied().filter(|entry| is_gate(entry)), held, processes);
    let family = family_of_gates(entries);
    let mut queue = Queue::default();

    for entry in blocked.iter().filter(|entry| entry.is_main()) {
        queue.push(entry.pid, entry.mode, entry.kind.family());
    }
    queue.name_ofd_waiters(file, |mode, listed| {
        let waits_at_gate = |pid| blocked.iter().any(|entry| is_gate(entry) && entry.pid == pid);
        let mut passed = at_gates.iter().filter(|entry| entry.mode == mode && !waits_at_gate(entry.pid));
        passed.find(|entry| !listed.contains(&entry.pid)).and_then(|entry| entry.pid)
    });
    for entry in &at_gates {
        queue.push(entry.pid, entry.mode, family);
    }
    let behind = blocked.iter().filter(|entry| is_gate(entry));
    for entry in behind.clone().filter(|entry| entry.start != layout::QUEUE) {
        // Only writers wait there, though they share it.
        let mode = if entry.start == layout::LANDING { Mode::Exclusive } else { entry.mode };
        queue.push(entry.pid, mode, family);
    }
    for entry in behind.filter(|entry| entry.start == layout::QUEUE) {
        queue.push(entry.pid, entry.mode, family);
    }
    queue.0
}

/// Adds what people want to know of a waiter.
pub fn described(waiting: Waiting, processes: &mut Processes) -> Waiter {
    let about = waiting.pid.map(|pid| processes.describe(pid)).unwrap_or_default();
    let Waiting { pid, mode, family } = waiting;
    Waiter { pid, user: about.user, command: about.command, mode, family, since: about.started }
}

#[derive(Default)]
struct Queue(Vec<Waiting>);

impl Queue {
    fn push(&mut self, pid: Option<u32>, mode: Mode, family: Family) {
        if pid.is_none() || self.0.iter().all(|waiting| waiting.pid != pid) {
            self.0.push(Waiting { pid, mode, family });
        }
    }

    // The table does not name those who wait for OFD locks: a gate may, or the system call they are in.
    fn name_ofd_waiters(&mut self, file: LockId, by_gate: impl Fn(Mode, &[Option<u32>]) -> Option<u32>) {
        let mut in_call: Option<Vec<u32>> = None;
        for index in 0..self.0.len() {
            if self.0[index].pid.is_some() || self.0[index].family != Family::Fcntl {
                continue;
            }
            let listed: Vec<_> = self.0.iter().map(|waiting| waiting.pid).collect();
            let pid = by_gate(self.0[index].mode, &listed).or_else(|| {
                let in_call = in_call.get_or_insert_with(|| ofd::waiters(file));
                in_call.iter().copied().find(|&pid| !listed.contains(&Some(pid)))
            });
            self.0[index].pid = pid;
        }
    }
}

fn is_gate(entry: &Entry) -> bool {
    entry.kind == Kind::Posix && !entry.is_main()
}

// Those who hold gates and not the lock: the writer whose turn it is, the head of the queue, the others.
fn in_turn<'a>(
    gates: impl Iterator<Item = &'a Entry>,
    held: &[Held],
    processes: &mut Processes,
) -> Vec<&'a Entry> {
    let mut gates: Vec<&Entry> =
        gates.filter(|entry| !entry.pid.is_some_and(|pid| holds(pid, held, processes))).collect();
    gates.sort_by_key(|entry| match (entry.start, entry.end) {
        (start, end) if start <= layout::GATE && end >= layout::GATE && entry.mode == Mode::Exclusive => 0,
        (layout::QUEUE, _) => 1,
        _ => 2,
    });
    gates
}

fn holds(pid: u32, held: &[Held], processes: &mut Processes) -> bool {
    held.iter().any(|held| held.processes.contains(&pid))
        || held
            .iter()
            .flat_map(|held| &held.processes)
            .any(|&keeper| processes.lineage(keeper).contains(&pid))
}

// The gates are the same for both families; what is locked beside them tells which one is meant.
fn family_of_gates(entries: &[Entry]) -> Family {
    let has = |kind| entries.iter().any(|entry| entry.kind == kind && entry.is_main());
    if has(Kind::Ofd) && !has(Kind::Flock) { Family::Fcntl } else { Family::Flock }
}
