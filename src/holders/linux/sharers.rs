//! Other processes that have the open file of one of our descriptors.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::time::SystemTime;

use super::fdinfo::{Keeper, each_lock};
use super::parse::Kind;
use super::proc::own_pid;
use super::process::Processes;
use super::table;
use crate::holders::LockId;
use crate::layout::Bytes;

/// The bytes among these of the gate file that are held by other processes which have the same open
/// file as `lock`.
pub fn users(gates: &File, lock: &File, bytes: Bytes) -> Vec<i64> {
    let (Ok(gates), Ok(own)) = (LockId::of_descriptor(gates), own_pid()) else { return Vec::new() };
    let entries = table::of_file(gates).unwrap_or_default();
    let users = entries.iter().filter(|entry| {
        let there = entry.start >= bytes.first && entry.end < bytes.first + bytes.count;
        !entry.blocked && entry.kind == Kind::Posix && there && entry.pid != Some(own)
    });
    let shares = |pid: &u32| has_the_open_file(*pid, own, lock);
    users.filter(|entry| entry.pid.as_ref().is_none_or(shares)).map(|entry| entry.start).collect()
}

/// Whether the process has this open file of ours; yes if that cannot be known.
fn has_the_open_file(pid: u32, own: u32, file: &File) -> bool {
    let Ok(id) = LockId::of_descriptor(file) else { return true };
    let Ok(descriptor) = u32::try_from(file.as_raw_fd()) else { return true };
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    let mut buffer = Vec::new();
    let mut collect = |pid, into: &mut Vec<Keeper>| {
        each_lock(pid, &mut buffer, |keeper| {
            if keeper.entry.file == id.in_table() && keeper.entry.kind != Kind::Posix {
                into.push(keeper);
            }
            true
        })
    };
    if collect(own, &mut ours).is_err() || collect(pid, &mut theirs).is_err() {
        return true;
    }
    let ours = ours.into_iter().find(|keeper| keeper.descriptor == descriptor);
    ours.is_none_or(|ours| theirs.iter().any(|theirs| theirs.shares_lock_with(&ours)))
}

/// The processes above this one that have an open file of ours.
#[derive(Debug)]
pub struct AncestorLookup(Vec<(u32, Option<SystemTime>)>);

impl AncestorLookup {
    /// Those that have this one.
    pub fn of(file: &File) -> Self {
        let Ok(own) = own_pid() else { return Self(Vec::new()) };
        let mut processes = Processes::default();
        let lineage = processes.lineage(own).into_iter().skip(1);
        let have_it: Vec<u32> = lineage.filter(|&pid| has_the_open_file(pid, own, file)).collect();
        Self(have_it.into_iter().map(|pid| (pid, processes.describe(pid).started)).collect())
    }

    /// Whether none of them lives any more.
    pub fn are_gone(&self) -> bool {
        let mut processes = Processes::default();
        self.0.iter().all(|&(pid, started)| processes.describe(pid).started != started)
    }
}
