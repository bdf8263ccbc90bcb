//! From the lines of the lock table to the holders of a lock file.
//!
//! A line names the process that requested the lock. If that process still has the descriptor, it
//! is the holder. If it has not, it passed the lock on to its children, and the descriptors of all
//! processes are searched: the processes that share the open file are one holder, and the one from
//! which the others descend stands for them. A line for which no process is found stays a holder
//! without a pid: the lock is held, even if we cannot see by which process.

use std::ops::RangeInclusive;

use super::fdinfo::{FdLock, FdLocks, Lookup};
use super::parse::{Entry, Kind};
use super::process::Processes;
use super::slot_bytes;
use crate::holders::LockId;
use crate::holders::report::{Holder, State};
use crate::layout;
use crate::mode::{Family, Mode};

/// One holder, by its pids only: nothing about the processes has been read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// The process that stands for the holder; `None` if no process can be seen.
    pub pid: Option<u32>,
    /// Exclusive if one of its locks is.
    pub mode: Mode,
    /// Which of the kernel's two families the lock is in.
    pub family: Family,
    /// The bytes that are locked; empty if that is the whole file.
    pub ranges: Vec<RangeInclusive<u64>>,
    /// The slots that are held; empty if the lock is not about slots.
    pub slots: Vec<u32>,
    /// The processes known to hold the lock, `pid` first; empty if none can be seen.
    pub processes: Vec<u32>,
    /// A descriptor through which the lock is held.
    pub through: Option<FdLock>,
}

impl Entry {
    /// Whether this is a lock on the file as a whole, which excludes others; not one of the slots,
    /// the bytes from [`layout::SLOTS`] on.
    pub fn is_main(&self) -> bool {
        self.start < layout::SLOTS
    }

    /// The bytes that it covers; `None` for the whole file.
    fn range(&self) -> Option<RangeInclusive<u64>> {
        let last = if self.end == i64::MAX { u64::MAX } else { self.end.unsigned_abs() };
        (self.start > 0 || last < u64::MAX).then(|| self.start.unsigned_abs()..=last)
    }

    fn is_same_lock(&self, other: &Self) -> bool {
        (self.kind, self.mode, self.start, self.end) == (other.kind, other.mode, other.start, other.end)
    }
}

/// The holders of one file, given its lines of the table. With `hidden`, the table may omit locks
/// that another pid namespace hides; then the descriptors of all processes are searched even if the
/// table shows no lock.
pub fn holdings(
    file: LockId,
    entries: &[Entry],
    hidden: bool,
    fd_locks: &mut FdLocks,
    processes: &mut Processes,
) -> Vec<Holding> {
    let has_slots = entries.iter().any(|entry| !entry.is_main());
    let one = |entry: &Entry, processes, through| one(entry, processes, through, has_slots);
    let mut found: Vec<Holding> = Vec::new();
    // Locks that the process in the table no longer has, or that have no pid.
    let mut lost: Vec<Entry> = Vec::new();
    for entry in entries.iter().filter(|entry| !entry.blocked && entry.is_main()) {
        match entry.pid.map(|pid| (pid, fd_locks.of_process(pid, file, |other| other.is_same_lock(entry)))) {
            Some((pid, Lookup::Found(lock))) => {
                one(entry, vec![pid], Some(lock)).into_iter().for_each(|one| merge(&mut found, one));
            }
            Some((pid, Lookup::Hidden)) => {
                one(entry, vec![pid], None).into_iter().for_each(|one| merge(&mut found, one));
            }
            Some((_, Lookup::NotFound)) | None => lost.push(*entry),
        }
    }
    if lost.is_empty() && !(hidden && found.is_empty()) {
        return found;
    }
    // A child's descriptor shows the lock of a holder that is found already: fdinfo names the
    // process that requested the lock, not the child.
    let unknown = |lock: &&FdLock| !found.iter().any(|held| held.pid.is_some() && held.pid == lock.entry.pid);
    let mut groups: Vec<Vec<FdLock>> = Vec::new();
    for lock in fd_locks.on_file(file).iter().filter(|lock| lock.entry.is_main()).filter(unknown) {
        match groups.iter_mut().find(|group| group[0].shares_lock_with(lock)) {
            Some(group) => group.push(*lock),
            None => groups.push(vec![*lock]),
        }
    }
    for group in groups {
        // A group accounts for one line, also if it turns out to be about a snapshot of the file.
        if let Some(index) = lost
            .iter()
            .position(|entry| entry.pid == group[0].entry.pid && entry.is_same_lock(&group[0].entry))
        {
            lost.swap_remove(index);
        }
        if !file.is_open_as(group[0].pid, group[0].descriptor) {
            continue;
        }
        let mut pids: Vec<u32> = group.iter().map(|lock| lock.pid).collect();
        pids.sort_unstable();
        pids.dedup();
        let head = head(&pids, processes);
        pids.retain(|&pid| pid != head);
        pids.insert(0, head);
        one(&group[0].entry, pids, Some(group[0])).into_iter().for_each(|one| merge(&mut found, one));
    }
    found.extend(lost.iter().filter_map(|entry| one(entry, Vec::new(), None)));
    found
}

/// The state of a lock with these holders.
pub fn state(held: &[Holding], hidden: bool) -> State {
    if held.iter().any(|held| held.mode == Mode::Exclusive) {
        State::Exclusive
    } else if !held.is_empty() {
        State::Shared
    } else if hidden {
        State::Unknown
    } else {
        State::Free
    }
}

/// The holder as reports show it: with user, command and start.
pub fn described(mut held: Holding, processes: &mut Processes) -> Holder {
    held.ranges.sort_unstable_by_key(|range| (*range.start(), *range.end()));
    let about = held.pid.map(|pid| processes.describe(pid)).unwrap_or_default();
    Holder {
        pid: held.pid,
        user: about.user,
        command: about.command,
        mode: held.mode,
        family: held.family,
        ranges: held.ranges,
        slots: held.slots,
        since: about.working_since,
        processes: held.processes,
    }
}

/// `None` for a process that has the lock shared because it waits for slots.
fn one(entry: &Entry, processes: Vec<u32>, through: Option<FdLock>, has_slots: bool) -> Option<Holding> {
    let pid = processes.first().copied();
    let ranges = entry.range().into_iter().collect();
    let is_share = entry.mode == Mode::Shared && entry.kind == Kind::Flock;
    let slots = match through.filter(|_| is_share && has_slots) {
        Some(lock) => slot_bytes::of_process(lock.pid, entry.file, entry.pid)?,
        None => Vec::new(),
    };
    Some(Holding { pid, mode: entry.mode, family: entry.kind.family(), ranges, slots, processes, through })
}

/// A process that has locked several ranges, or through several descriptors, is one holder.
fn merge(found: &mut Vec<Holding>, new: Holding) {
    match found.iter_mut().find(|held| held.pid == new.pid && held.family == new.family) {
        Some(held) => {
            if new.mode == Mode::Exclusive {
                held.mode = Mode::Exclusive;
            }
            // A lock on the whole file covers every range.
            if held.ranges.is_empty() || new.ranges.is_empty() {
                held.ranges.clear();
            } else {
                let news: Vec<_> = new.ranges.into_iter().filter(|one| !held.ranges.contains(one)).collect();
                held.ranges.extend(news);
            }
            held.slots.extend(new.slots);
            held.slots.sort_unstable();
            held.slots.dedup();
            for pid in new.processes {
                if !held.processes.contains(&pid) {
                    held.processes.push(pid);
                }
            }
        }
        None => found.push(new),
    }
}

/// The process from which the others descend: the first one without another one above it.
fn head(pids: &[u32], processes: &mut Processes) -> u32 {
    let above = |pid: u32, processes: &mut Processes| {
        processes.lineage(pid).iter().skip(1).any(|up| pids.contains(up))
    };
    pids.iter().copied().find(|&pid| !above(pid, processes)).unwrap_or(pids[0])
}
