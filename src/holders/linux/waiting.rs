//! Who waits for a lock, in the order in which they will be served.
//!
//! The kernel's table shows three kinds of waiters: requests that are blocked on the lock itself,
//! requests that are blocked on a gate of its gate file, and processes that have a gate and not yet
//! what comes after it. A process that has a gate and also the lock, itself or through what it has
//! started, is a holder.
//!
//! Finds the processes that wait for an OFD lock, which the lock table does not name: by the system
//! call that a thread is in. Only the table's anonymous waiters make it necessary.

use super::holding::Held;
use super::parse;
use super::parse::{Entry, Kind};
use super::proc::{numbers_in, read};
use super::process::Processes;
use crate::holders::LockId;
use crate::holders::report::Waiter;
use crate::layout::{Bytes, Gate};
use crate::mode::{Family, Mode};

/// One waiter, before anything is read about the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queued {
    /// The process; `None` when it cannot be seen.
    pub pid: Option<u32>,
    /// How it wants the lock.
    pub mode: Mode,
    /// In which family.
    pub family: Family,
}

/// The waiters of one file, given its lines of the table, those of its gate file, and its holders.
pub fn waiting(
    file: LockId,
    entries: &[Entry],
    gates: &[Entry],
    held: &[Held],
    processes: &mut Processes,
) -> Vec<Queued> {
    let of_this = |entry: &&Entry| !entry.pid.is_some_and(|pid| file.is_mistaken_for_that_of(pid));
    let blocked = |entry: &&Entry| entry.blocked && entry.is_main();
    let main: Vec<&Entry> = entries.iter().filter(blocked).filter(of_this).collect();
    let mut queue = Queue(Vec::new());
    for family in [Family::Flock, Family::Fcntl] {
        let at_main = main.iter().copied().filter(|entry| entry.kind.family() == family);
        Stand::of(family, gates, held, processes).line_up(at_main, &mut queue);
    }
    queue.name_those_in_a_call(file);
    queue.0
}

/// Who stands where at the gates of one family.
struct Stand<'a> {
    family: Family,
    /// The writer at the head of the queue. It waits for the lock shared, at PASSAGE, or for the
    /// lock.
    head: Option<u32>,
    /// Readers that have the way in and not yet the lock.
    readers: Vec<u32>,
    intents: Vec<u32>,
    blocked: Vec<&'a Entry>,
}

impl<'a> Stand<'a> {
    fn of(family: Family, gates: &'a [Entry], held: &[Held], processes: &mut Processes) -> Self {
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

    fn line_up<'b>(mut self, at_main: impl Iterator<Item = &'b Entry>, queue: &mut Queue) {
        let at_gate = |pid: &u32| self.blocked.iter().any(|entry| entry.pid == Some(*pid));
        let head_is_past = self.head.filter(|pid| !at_gate(pid));
        self.readers.retain(|pid| !at_gate(pid));
        let mut unnamed_readers = self.readers.iter().copied();
        for entry in at_main {
            // The table does not name those that wait for OFD locks; their gates do.
            let pid = entry.pid.or_else(|| match entry.mode {
                Mode::Shared => unnamed_readers.next().or(head_is_past),
                Mode::Exclusive => head_is_past,
            });
            let joins_the_readers = pid.is_some() && pid == self.head && entry.mode == Mode::Shared;
            if !joins_the_readers {
                queue.push(pid, entry.mode, self.family);
            }
        }
        let reader = |pid| (pid, Mode::Shared);
        let writer = |pid| (pid, Mode::Exclusive);
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

    /// Of those, only readers share the passage.
    fn at_the_passage(&self, entry: &Entry) -> (Option<u32>, Mode) {
        let shares = entry.mode == Mode::Shared && overlap(entry, Gate::of(self.family).passage());
        (entry.pid, if shares { Mode::Shared } else { Mode::Exclusive })
    }
}

/// Adds what people want to know of a waiter.
pub fn described(waiting: Queued, processes: &mut Processes) -> Waiter {
    let about = waiting.pid.map(|pid| processes.describe(pid)).unwrap_or_default();
    let Queued { pid, mode, family } = waiting;
    Waiter { pid, user: about.user, command: about.command, mode, family, since: about.started }
}

struct Queue(Vec<Queued>);

impl Queue {
    fn push(&mut self, pid: Option<u32>, mode: Mode, family: Family) {
        if pid.is_none() || self.0.iter().all(|waiting| waiting.pid != pid) {
            self.0.push(Queued { pid, mode, family });
        }
    }

    // Those whom neither the table nor a gate names: the system call that they are in does.
    fn name_those_in_a_call(&mut self, file: LockId) {
        let mut in_call: Option<Vec<u32>> = None;
        for index in 0..self.0.len() {
            if self.0[index].pid.is_none() && self.0[index].family == Family::Fcntl {
                let listed: Vec<_> = self.0.iter().map(|waiting| waiting.pid).collect();
                let in_call = in_call.get_or_insert_with(|| waiters(file));
                let pid = in_call.iter().copied().find(|&pid| !listed.contains(&Some(pid)));
                self.0[index].pid = pid;
            }
        }
    }
}

fn overlap(entry: &Entry, bytes: Bytes) -> bool {
    entry.start < bytes.first + bytes.count && entry.end >= bytes.first
}

fn holds(pid: u32, held: &[Held], processes: &mut Processes) -> bool {
    held.iter().any(|held| held.processes.contains(&pid))
        || held
            .iter()
            .flat_map(|held| &held.processes)
            .any(|&keeper| processes.lineage(keeper).contains(&pid))
}

/// The processes of which a thread waits for an OFD lock of this file. Processes that we may not trace
/// are left out.
pub fn waiters(file: LockId) -> Vec<u32> {
    let mut buffer = Vec::new();
    let pids = numbers_in("/proc").into_iter().flatten();
    pids.filter(|pid| waits(*pid, file, &mut buffer).is_some()).collect()
}

fn waits(pid: u32, file: LockId, buffer: &mut Vec<u8>) -> Option<()> {
    const COMMAND: u64 = libc::F_OFD_SETLKW.unsigned_abs() as u64;
    numbers_in(&format!("/proc/{pid}/task")).ok()?.find_map(|thread| {
        let call = read(&format!("/proc/{pid}/task/{thread}/syscall"), buffer).ok()?;
        let descriptor = parse::ofd_wait(call, libc::SYS_fcntl, COMMAND)?;
        let info = read(&format!("/proc/{pid}/task/{thread}/fdinfo/{descriptor}"), buffer).ok()?;
        let (mount, inode) = (parse::field_number(info, "mnt_id:")?, parse::field_number(info, "ino:")?);
        let mountinfo = read(&format!("/proc/{pid}/mountinfo"), buffer).ok()?;
        let (major, minor) = parse::mount_device(mountinfo, mount)?;
        ((major, minor, inode) == (file.major, file.minor, file.inode)).then_some(())
    })
}
