//! From the lines of the lock table to those who hold: one `Held` for each holder, with its keepers.

use super::fdinfo::{Answer, Keeper, Keepers};
use super::parse::Entry;
use super::process::Processes;
use crate::holders::LockId;
use crate::holders::report::{Holder, State};
use crate::layout;
use crate::mode::{Family, Mode};

/// One holder, before anything is read about the process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The process that stands for it.
    pub pid: Option<u32>,
    /// How it is held.
    pub mode: Mode,
    /// In which family.
    pub family: Family,
    /// The processes known to keep it; empty when none can be seen.
    pub processes: Vec<u32>,
    /// A descriptor by which the lock can be reached.
    pub keeper: Option<Keeper>,
}

impl Entry {
    /// Whether this is about the lock that decides, not about a slot.
    pub fn is_main(&self) -> bool {
        self.start < layout::SLOTS
    }

    fn is_same_lock(&self, other: &Self) -> bool {
        (self.kind, self.mode, self.start, self.end) == (other.kind, other.mode, other.start, other.end)
    }
}

/// The holders of one file, given its lines of the table; the locks that a foreign pid namespace hides
/// from the table are searched for when `hidden` says that there may be some.
pub fn held(
    file: LockId,
    entries: &[Entry],
    hidden: bool,
    keepers: &mut Keepers,
    processes: &mut Processes,
) -> Vec<Held> {
    let mut found: Vec<Held> = Vec::new();
    let mut lost: Vec<Entry> = Vec::new();
    for entry in entries.iter().filter(|entry| !entry.blocked && entry.is_main()) {
        match entry.pid.map(|pid| (pid, keepers.ask(pid, file, |other| other.is_same_lock(entry)))) {
            Some((pid, Answer::Keeps(keeper))) => merge(&mut found, one(entry, vec![pid], Some(keeper))),
            Some((pid, Answer::Hidden)) => merge(&mut found, one(entry, vec![pid], None)),
            Some((_, Answer::Denies)) | None => lost.push(*entry),
        }
    }
    if lost.is_empty() && !(hidden && found.is_empty()) {
        return found;
    }
    let known =
        |keeper: &&Keeper| !found.iter().any(|held| held.pid.is_some() && held.pid == keeper.entry.pid);
    let mut groups: Vec<Vec<Keeper>> = Vec::new();
    for keeper in keepers.of_file(file).iter().filter(|keeper| keeper.entry.is_main()).filter(known) {
        match groups.iter_mut().find(|group| group[0].shares_lock_with(keeper)) {
            Some(group) => group.push(*keeper),
            None => groups.push(vec![*keeper]),
        }
    }
    for group in groups {
        if let Some(index) = lost
            .iter()
            .position(|entry| entry.pid == group[0].entry.pid && entry.is_same_lock(&group[0].entry))
        {
            lost.swap_remove(index);
        }
        if !file.is_open_as(group[0].pid, group[0].descriptor) {
            continue;
        }
        let mut pids: Vec<u32> = group.iter().map(|keeper| keeper.pid).collect();
        pids.sort_unstable();
        pids.dedup();
        let head = head(&pids, processes);
        pids.retain(|&pid| pid != head);
        pids.insert(0, head);
        merge(&mut found, one(&group[0].entry, pids, Some(group[0])));
    }
    found.extend(lost.iter().map(|entry| one(entry, Vec::new(), None)));
    found
}

/// What the holders make of the lock.
pub fn state(held: &[Held], hidden: bool) -> State {
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

/// Adds what people want to know of a holder.
pub fn described(held: Held, processes: &mut Processes) -> Holder {
    let about = held.pid.map(|pid| processes.describe(pid)).unwrap_or_default();
    Holder {
        pid: held.pid,
        user: about.user,
        command: about.command,
        mode: held.mode,
        family: held.family,
        since: about.working_since,
        processes: held.processes,
    }
}

fn one(entry: &Entry, processes: Vec<u32>, keeper: Option<Keeper>) -> Held {
    let pid = processes.first().copied();
    Held { pid, mode: entry.mode, family: entry.kind.family(), processes, keeper }
}

// A process that has locked several ranges, or through several descriptors, is one holder.
fn merge(found: &mut Vec<Held>, new: Held) {
    match found.iter_mut().find(|held| held.pid == new.pid && held.family == new.family) {
        Some(held) => {
            if new.mode == Mode::Exclusive {
                held.mode = Mode::Exclusive;
            }
            for pid in new.processes {
                if !held.processes.contains(&pid) {
                    held.processes.push(pid);
                }
            }
        }
        None => found.push(new),
    }
}

// The keeper from which the others come: the one with no other keeper above it.
fn head(pids: &[u32], processes: &mut Processes) -> u32 {
    let above = |pid: u32, processes: &mut Processes| {
        processes.lineage(pid).iter().skip(1).any(|up| pids.contains(up))
    };
    pids.iter().copied().find(|&pid| !above(pid, processes)).unwrap_or(pids[0])
}
