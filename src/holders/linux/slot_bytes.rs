//! Which slots of a lock file are held, and by which descriptor.
//!
//! A slot is held by an open file that holds the main lock shared and the byte of the slot alone.
//! The table shows no pid for the byte, but the fdinfo of the descriptor shows both. An open file
//! with the main lock and COUNT, and no slot, is that of a process that still waits for slots.

use std::os::fd::RawFd;

use super::certain_wait::{chain, has_working_threads};
use super::fdinfo::{FdLock, FdLocks, each_lock};
use super::parse::{self, Entry, Kind};
use super::proc::{own_pid, read};
use super::process::Processes;
use crate::holders::LockId;
use crate::holders::report::{Ancestor, SlotCount};
use crate::layout::{count_in, slots_in};
use crate::mode::{Family, Mode};

/// The slots that one of our descriptors holds, in ascending order.
pub fn slots_through(descriptor: RawFd) -> Vec<u32> {
    let Ok(own) = own_pid() else { return Vec::new() };
    let mut buffer = Vec::new();
    let info = read(&format!("/proc/{own}/fdinfo/{descriptor}"), &mut buffer).unwrap_or_default();
    numbers(&parse::fdinfo_locks(info).collect::<Vec<_>>())
}

/// The slots of this file that a process holds through the descriptors that `locker` has locked, in
/// ascending order; `None` if it only waits for slots. A nested command has those of its parent too.
pub fn of_process(pid: u32, file: LockId, locker: Option<u32>) -> Option<Vec<u32>> {
    let mut open_files = with_main_share(pid, file);
    open_files.retain(|(main, _)| main.entry.pid == locker);
    let all: Vec<Entry> = open_files.iter().flat_map(|(_, entries)| entries).copied().collect();
    let waits = |entries: &Vec<Entry>| {
        entries.iter().any(|entry| count_in(entry.start).is_some()) && numbers(entries).is_empty()
    };
    let only_waits = !open_files.is_empty() && open_files.iter().all(|(_, entries)| waits(entries));
    (!only_waits).then(|| numbers(&all))
}

/// Whether a process has an open file for slots of this file.
pub fn is_for_slots(pid: u32, file: LockId) -> bool {
    let mut found = false;
    let _ = each_lock(pid, &mut Vec::new(), |lock| {
        found = lock.entry.file == file.in_table() && count_in(lock.entry.start).is_some();
        !found
    });
    found
}

/// The descriptors through which a process holds the main lock of this file shared: of each, that
/// lock and all others.
fn with_main_share(pid: u32, file: LockId) -> Vec<(FdLock, Vec<Entry>)> {
    let mut locks: Vec<FdLock> = Vec::new();
    let _ = each_lock(pid, &mut Vec::new(), |lock| {
        locks.extend(Some(lock).filter(|lock| lock.entry.file == file.in_table()));
        true
    });
    let mains =
        locks.iter().filter(|lock| is_main_share(&lock.entry) && file.is_open_as(pid, lock.descriptor));
    let all_of = |main: &FdLock| {
        let same = locks.iter().filter(|lock| lock.descriptor == main.descriptor);
        same.map(|lock| lock.entry).collect::<Vec<Entry>>()
    };
    mains.map(|main| (*main, all_of(main))).collect()
}

/// Whether a process has a descriptor from before it executed its program. The library's own are
/// closed then.
fn is_inherited(lock: &FdLock) -> bool {
    let mut buffer = Vec::new();
    let info =
        read(&format!("/proc/{}/fdinfo/{}", lock.pid, lock.descriptor), &mut buffer).unwrap_or_default();
    parse::open_flags(info).is_some_and(|flags| flags & libc::O_CLOEXEC == 0)
}

/// How many slots there are and how many are taken, from the lines of the table about the lock file;
/// `None` if no slot is held.
pub fn counted(entries: &[Entry]) -> Option<SlotCount> {
    let counts = entries.iter().filter(|entry| !entry.blocked && entry.mode == Mode::Shared);
    let count = counts.filter_map(|entry| count_in(entry.start)).max()?;
    let taken = numbers(entries).into_iter().filter(|&number| number < count).count();
    let taken = u32::try_from(taken).unwrap_or(count);
    (taken > 0).then_some(SlotCount { count, taken })
}

/// The ancestor because of which a wait for `take` of the first `count` slots certainly never ends:
/// this process and those that certainly wait for it hold so many slots that too few are left.
/// Slots that a process outside this chain could release do not count. Nor do those for which this
/// process has a guard: another of its threads or tasks may drop that.
pub fn slots_kept_above(file: LockId, count: u32, take: u32, from: u32) -> Option<Ancestor> {
    let mut processes = Processes::default();
    let chain = chain(from, &mut processes);
    let (mut holders, mut kept): (Vec<FdLock>, Vec<Entry>) = (Vec::new(), Vec::new());
    for (main, entries) in chain.iter().flat_map(|&pid| with_main_share(pid, file)) {
        let keeps = main.pid != from || (is_inherited(&main) && !has_working_threads(from));
        if keeps && numbers(&entries).first().is_some_and(|&lowest| lowest < count) {
            holders.push(main);
            kept.extend(entries);
        }
    }
    let kept = numbers(&kept).into_iter().filter(|&number| number < count).count();
    if count as usize - kept >= take as usize {
        return None;
    }
    // Only now all processes are read: whether another one has such an open file too.
    let mut fd_locks = FdLocks::default();
    let all = fd_locks.on_file(file);
    let is_only_theirs = |main: &FdLock| {
        all.iter().filter(|other| other.shares_lock_with(main)).all(|other| chain.contains(&other.pid))
    };
    if !holders.iter().all(is_only_theirs) {
        return None;
    }
    // A message names the ancestor rather than this process, which only inherited the descriptor.
    let nearest = holders.iter().find(|main| main.pid != from).or(holders.first());
    nearest.map(|main| {
        let about = processes.describe(main.pid);
        Ancestor { pid: main.pid, user: about.user, command: about.command, mode: Mode::Shared }
    })
}

fn is_main_share(entry: &Entry) -> bool {
    !entry.blocked && entry.is_main() && entry.kind.family() == Family::Flock && entry.mode == Mode::Shared
}

/// The slots that these entries lock, in ascending order.
fn numbers(entries: &[Entry]) -> Vec<u32> {
    let is_held = |entry: &&Entry| !entry.blocked && entry.kind == Kind::Ofd && entry.mode == Mode::Exclusive;
    let held = entries.iter().filter(is_held);
    let mut numbers: Vec<u32> = held.flat_map(|entry| slots_in(entry.start, entry.end)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}
