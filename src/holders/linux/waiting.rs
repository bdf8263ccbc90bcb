//! The processes that wait for a lock, in the order in which they will get it.
//!
//! The kernel's table shows three kinds of waiters: requests that are blocked on the lock itself,
//! requests that are blocked on a gate of its gate file, and processes that hold a gate but do not
//! have the lock yet. A process that holds a gate and also the lock, itself or through a process
//! that it has started, is a holder and not listed here.
//!
//! What each gate means is written in [`layout`](crate::layout). From it follows this order, in
//! each family of locks:
//!
//! 1. the requests at the lock itself, in the kernel's order: all gates are past;
//! 2. readers that hold PASSAGE shared: they are about to request the lock;
//! 3. the writer that holds QUEUE;
//! 4. the writers blocked at QUEUE, up to the last one that holds an INTENT byte: an INTENT keeps
//!    readers out, and the writers before it in the queue are served before it;
//! 5. the readers blocked at PASSAGE or at an INTENT: they get in when the writer of 3 has the lock
//!    and opens PASSAGE, before the next writer closes it;
//! 6. the other writers blocked at QUEUE;
//! 7. the process that holds SLOT-QUEUE and collects slots, and those blocked at SLOT-QUEUE.
//!
//! The table does not name the process that waits for an OFD lock. Its gates name it if it has any;
//! else the system call that its thread is in, which shows the descriptor.

use super::holding::Holding;
use super::ofd_waiters::in_ofd_wait;
use super::parse::{Entry, Kind};
use super::process::Processes;
use super::slot_bytes::is_for_slots;
use crate::holders::LockId;
use crate::holders::report::Waiter;
use crate::layout::{Bytes, Gate, count_in};
use crate::mode::{Family, Mode};

/// One waiter, by its pid only: nothing about the process has been read yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// The process; `None` if it cannot be seen.
    pub pid: Option<u32>,
    /// The mode that it requests.
    pub mode: Mode,
    /// Which of the kernel's two families it requests a lock of.
    pub family: Family,
    /// Whether it waits for slots.
    pub for_slots: bool,
}

/// The waiters of one file, given its lines of the table, those of its gate file, and its holders.
/// The two families are two queues; flock's comes first.
pub fn waiting(
    file: LockId,
    entries: &[Entry],
    gates: &[Entry],
    held: &[Holding],
    processes: &mut Processes,
) -> Vec<Waiting> {
    let of_this = |entry: &&Entry| !entry.pid.is_some_and(|pid| file.is_mistaken_for_that_of(pid));
    let blocked = |entry: &&Entry| entry.blocked && entry.is_main();
    let main: Vec<&Entry> = entries.iter().filter(blocked).filter(of_this).collect();
    let mut queue = WaitOrder(Vec::new());
    for family in [Family::Flock, Family::Fcntl] {
        let at_main = main.iter().copied().filter(|entry| entry.kind.family() == family);
        AtGates::of(family, gates, held, processes).line_up(at_main, &mut queue);
    }
    queue.add_those_for_slots(gates, held, processes);
    if entries.iter().any(|entry| count_in(entry.start).is_some()) {
        queue.mark_those_for_slots(file);
    }
    queue.name_those_in_a_call(file);
    queue.0
}

/// What the gates of one family show, the holders of the lock left out.
struct AtGates<'a> {
    family: Family,
    /// The writer that holds QUEUE. It waits for the lock shared (to get in with the readers, see
    /// `lock::gates`), then at PASSAGE, then for the lock.
    head: Option<u32>,
    /// The readers that hold PASSAGE shared.
    readers: Vec<u32>,
    /// The writers that hold an INTENT byte.
    intents: Vec<u32>,
    /// The requests that are blocked at a gate, in the kernel's order.
    blocked: Vec<&'a Entry>,
}

impl<'a> AtGates<'a> {
    fn of(family: Family, gates: &'a [Entry], held: &[Holding], processes: &mut Processes) -> Self {
        let gate = Gate::of(family);
        let here = gates.iter().filter(|entry| entry.kind == Kind::Posix && overlap(entry, gate.all()));
        let (blocked, mut taken): (Vec<&Entry>, Vec<&Entry>) = here.partition(|entry| entry.blocked);
        taken.retain(|entry| !entry.pid.is_some_and(|pid| holds(pid, held, processes)));
        let at = |bytes: Bytes, mode: Mode| {
            let there = taken.iter().filter(|entry| overlap(entry, bytes) && entry.mode == mode);
            there.filter_map(|entry| entry.pid).collect::<Vec<u32>>()
        };
        Self {
            family,
            head: at(gate.queue(), Mode::Exclusive).first().copied(),
            readers: at(gate.passage(), Mode::Shared),
            intents: at(gate.intents(), Mode::Exclusive),
            blocked,
        }
    }

    /// Adds the waiters of this family to `queue` in the order that the head of this file explains.
    /// A process may appear at several places (a reader at the lock also holds PASSAGE): the first
    /// counts.
    fn line_up<'b>(mut self, at_main: impl Iterator<Item = &'b Entry>, queue: &mut WaitOrder) {
        let at_gate = |pid: &u32| self.blocked.iter().any(|entry| entry.pid == Some(*pid));
        // A process waits at one place only: one that is blocked at a gate is not at the lock.
        let head_is_past = self.head.filter(|pid| !at_gate(pid));
        self.readers.retain(|pid| !at_gate(pid));
        let mut unnamed_readers = self.readers.iter().copied();
        for entry in at_main {
            // An OFD request without a pid: the gates show which processes can be at the lock.
            let pid = entry.pid.or_else(|| match entry.mode {
                Mode::Shared => unnamed_readers.next().or(head_is_past),
                Mode::Exclusive => head_is_past,
            });
            // The head waits for the lock shared only to get in after the readers: it is still a
            // writer.
            let joins_the_readers = pid.is_some() && pid == self.head && entry.mode == Mode::Shared;
            if !joins_the_readers {
                queue.push(pid, entry.mode, self.family);
            }
        }
        let reader = |pid| (pid, Mode::Shared);
        let writer = |pid| (pid, Mode::Exclusive);
        // 2 to 6 of the order.
        let passing = self.readers.iter().map(|&pid| reader(Some(pid)));
        let before_readers =
            self.blocked_writers().rposition(|pid| pid.is_some_and(|pid| self.intents.contains(&pid)));
        let before_readers = before_readers.map_or(0, |last| last + 1);
        let waiting = passing
            .chain(self.head.map(|pid| writer(Some(pid))))
            .chain(self.blocked_writers().take(before_readers).map(writer))
            .chain(
                self.blocked
                    .iter()
                    .filter(|entry| !self.is_queued(entry))
                    .map(|entry| self.at_the_passage(entry)),
            )
            .chain(self.blocked_writers().map(writer));
        waiting.for_each(|(pid, mode)| queue.push(pid, mode, self.family));
    }

    fn is_queued(&self, entry: &Entry) -> bool {
        overlap(entry, Gate::of(self.family).queue())
    }

    fn blocked_writers(&self) -> impl DoubleEndedIterator<Item = Option<u32>> + ExactSizeIterator {
        let queued: Vec<_> = self.blocked.iter().filter(|entry| self.is_queued(entry)).collect();
        queued.into_iter().map(|entry| entry.pid)
    }

    /// A request that is blocked at PASSAGE, at an INTENT or after them. Only readers request these
    /// shared, and PASSAGE with them.
    fn at_the_passage(&self, entry: &Entry) -> (Option<u32>, Mode) {
        let shares = entry.mode == Mode::Shared && overlap(entry, Gate::of(self.family).passage());
        (entry.pid, if shares { Mode::Shared } else { Mode::Exclusive })
    }
}

/// The waiter as reports show it: with user, command and start.
pub fn described(waiting: Waiting, processes: &mut Processes) -> Waiter {
    let about = waiting.pid.map(|pid| processes.describe(pid)).unwrap_or_default();
    let Waiting { pid, mode, family, for_slots } = waiting;
    Waiter { pid, user: about.user, command: about.command, mode, family, for_slots, since: about.started }
}

/// A process that is known to wait, as reports show it.
pub fn waiter(pid: u32, mode: Mode, family: Family) -> Waiter {
    described(Waiting { pid: Some(pid), mode, family, for_slots: false }, &mut Processes::default())
}

/// Waiters in order, each process once.
struct WaitOrder(Vec<Waiting>);

impl WaitOrder {
    fn push(&mut self, pid: Option<u32>, mode: Mode, family: Family) {
        if pid.is_none() || self.0.iter().all(|waiting| waiting.pid != pid) {
            self.0.push(Waiting { pid, mode, family, for_slots: false });
        }
    }

    /// The first one holds SLOT-QUEUE; it may stand before other waiters already, for the lock itself.
    fn add_those_for_slots(&mut self, gates: &[Entry], held: &[Holding], processes: &mut Processes) {
        let there = Gate::FLOCK.slot_queue();
        let (blocked, first): (Vec<&Entry>, Vec<&Entry>) =
            gates.iter().filter(|entry| overlap(entry, there)).partition(|entry| entry.blocked);
        for entry in first.into_iter().chain(blocked) {
            if entry.blocked || !entry.pid.is_some_and(|pid| holds(pid, held, processes)) {
                self.push(entry.pid, Mode::Shared, Family::Flock);
                let this = |one: &&mut Waiting| one.pid.is_some() && one.pid == entry.pid;
                self.0.iter_mut().filter(this).for_each(|one| one.for_slots = true);
            }
        }
    }

    /// Those that wait for a writer stand in no line for slots meanwhile.
    fn mark_those_for_slots(&mut self, file: LockId) {
        for one in self.0.iter_mut().filter(|one| one.mode == Mode::Shared && !one.for_slots) {
            one.for_slots = one.pid.is_some_and(|pid| is_for_slots(pid, file));
        }
    }

    /// Finds the pids of OFD waiters that neither the table nor a gate names, by their system
    /// calls. Which of several such waiters comes first cannot be seen.
    fn name_those_in_a_call(&mut self, file: LockId) {
        let mut in_call: Option<Vec<u32>> = None;
        for index in 0..self.0.len() {
            if self.0[index].pid.is_none() && self.0[index].family == Family::Fcntl {
                let listed: Vec<_> = self.0.iter().map(|waiting| waiting.pid).collect();
                let in_call = in_call.get_or_insert_with(|| in_ofd_wait(file));
                let pid = in_call.iter().copied().find(|&pid| !listed.contains(&Some(pid)));
                self.0[index].pid = pid;
            }
        }
    }
}

/// Whether the entry covers one of these bytes at least.
fn overlap(entry: &Entry, bytes: Bytes) -> bool {
    entry.start < bytes.first + bytes.count && entry.end >= bytes.first
}

/// Whether the process is a holder, or an ancestor of one: a wrapper that has started its command.
fn holds(pid: u32, held: &[Holding], processes: &mut Processes) -> bool {
    held.iter().any(|held| held.processes.contains(&pid))
        || held
            .iter()
            .flat_map(|held| &held.processes)
            .any(|&holder| processes.lineage(holder).contains(&pid))
}
