//! Finds the holders of a lock without the kernel's table, for callers that cannot wait for it.
//!
//! The first process that reads /proc/locks after a while waits in the kernel for all processors:
//! some 10 ms, in a call that no signal ends. The descriptors of processes can be read at once.
//! That takes longer the more processes there are, so the youngest are read first: a lock is rarely
//! held for long.

use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use super::fdinfo::FdLocks;
use super::holding::{self, holdings};
use super::parse::{self, Entry};
use super::proc::{numbers_in, read};
use super::process::Processes;
use crate::holders::LockId;
use crate::holders::report::Report;
use crate::mode::Mode;
use crate::sys::proc_directory::ProcDirectory;
use crate::sys::wide::file_of;

/// The holders of the lock file at `path`, without waiters. Processes whose descriptors we may not
/// read are missing, so the state is never [`State::Free`](crate::holders::State).
///
/// Sources of truth: the links in /proc/PID/fd, and the `lock:` lines of /proc/PID/fdinfo.
///
/// # Errors
/// Those of reaching the file, and of listing /proc.
pub fn search(path: &Path) -> io::Result<Report> {
    let opened = LockId::open(path)?;
    let file = LockId::of_descriptor(&opened)?;
    let inode = file_of(opened.as_fd())?.inode;
    let mut pids: Vec<u32> = numbers_in("/proc")?.collect();
    pids.sort_unstable_by(|left, right| right.cmp(left));
    let mut entries: Vec<Entry> = Vec::new();
    for pid in pids {
        let found = locks(pid, file, inode).into_iter();
        entries.extend(found.filter(Entry::is_main));
        // There is no other holder then; of readers there may be more.
        if entries.iter().any(|entry| entry.mode == Mode::Exclusive) {
            break;
        }
    }
    entries.sort_unstable_by_key(|entry| entry.pid);
    entries.dedup();
    let mut processes = Processes::default();
    let held = holdings(file, &entries, false, &mut FdLocks::default(), &mut processes);
    let state = holding::state(&held, true);
    let holders = held.into_iter().map(|held| holding::described(held, &mut processes)).collect();
    Ok(Report { path: Some(path.to_owned()), file: Some(file), state, slots: None, holders, waiters: vec![] })
}

/// The locks on the file that this process holds through its descriptors. Only the fdinfo of those
/// that refer to the file are read: a stat is cheaper.
fn locks(pid: u32, file: LockId, inode: u64) -> Vec<Entry> {
    let Ok(directory) = ProcDirectory::open(&format!("/proc/{pid}/fd")) else { return Vec::new() };
    let is_it = |descriptor: &u32| directory.may_refer_to(*descriptor, inode);
    let mut buffer = Vec::new();
    let mut entries = Vec::new();
    for descriptor in directory.numbers().unwrap_or_default().into_iter().filter(is_it) {
        let info = read(&format!("/proc/{pid}/fdinfo/{descriptor}"), &mut buffer).unwrap_or_default();
        entries.extend(parse::fdinfo_locks(info).filter(|entry| entry.file == file.in_table()));
    }
    entries
}
