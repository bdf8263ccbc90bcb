//! What a descriptor of our own holds, and whether it is alone with that.
//!
//! Locks that this process has inherited: it keeps a descriptor of the holder's open file.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

use super::fdinfo::{Keeper, each_lock};
use super::parse::{self, Entry, Kind};
use super::proc::{own_pid, read};
use super::table;
use crate::holders::{LockId, OwnLock};
use crate::mode::{Family, Mode};
use crate::sys::statfs::keeps_families_apart;

/// How the open file description behind this descriptor holds its file. Source: the `lock:` lines
/// of /proc/self/fdinfo. That there is none means something only on a file system known to be
/// local: others may keep their locks in a server, and show none here. So may a kernel that is not
/// Linux itself (gVisor), which tells no mount either.
pub fn held_through(file: &File, family: Family) -> OwnLock {
    let mut buffer = Vec::new();
    let Ok(info) = info(file, &mut buffer) else { return OwnLock::Unknown };
    match own(info, family) {
        Some(entry) => OwnLock::Held(entry.mode),
        None if tells_the_mount(info) && keeps_families_apart(file) => OwnLock::Free,
        None => OwnLock::Unknown,
    }
}

fn info<'a>(file: &File, buffer: &'a mut Vec<u8>) -> io::Result<&'a [u8]> {
    read(&format!("/proc/thread-self/fdinfo/{}", file.as_raw_fd()), buffer)
}

fn own(info: &[u8], family: Family) -> Option<Entry> {
    let held = |entry: &Entry| entry.is_main() && entry.kind != Kind::Posix && entry.kind.family() == family;
    parse::fdinfo_locks(info).find(held)
}

fn tells_the_mount(info: &[u8]) -> bool {
    parse::field_number(info, "mnt_id:").is_some()
}

/// Whether the one lock that is held on the file is ours; no if that cannot be seen. The table may tell
/// one lock twice, and two readers of one process look like that too. In a pid namespace it leaves
/// out ours if the process that took it is gone: then the one that it tells is another's.
pub fn holds_alone(file: &File, family: Family) -> bool {
    let held = |entry: &Entry| !entry.blocked && entry.is_main() && entry.kind.family() == family;
    let Ok(entries) = LockId::of_descriptor(file).and_then(table::of_file) else { return false };
    let mut buffer = Vec::new();
    let Some(own) = info(file, &mut buffer).ok().and_then(|info| own(info, family)) else { return false };
    let mut held = entries.iter().filter(|entry| held(entry)).peekable();
    held.peek().is_some() && held.all(|entry| *entry == own)
}

/// How the whole of the same file is locked by the open file description of another descriptor of
/// this process; exclusively, if there are several. A lock on a few bytes is not the lock.
pub fn inherited(file: &File, family: Family) -> Option<(i32, Mode)> {
    let id = LockId::of_descriptor(file).ok()?;
    let mut found = None;
    let is_it = |keeper: &Keeper| {
        let lock = &keeper.entry;
        let whole = lock.kind != Kind::Posix && lock.start == 0 && lock.end == i64::MAX;
        whole
            && lock.file == id.in_table()
            && lock.kind.family() == family
            && i64::from(keeper.descriptor) != i64::from(file.as_raw_fd())
    };
    let pid = own_pid().ok()?;
    each_lock(pid, &mut Vec::new(), |keeper| {
        if is_it(&keeper) && id.is_open_as(pid, keeper.descriptor) {
            found = Some((i32::try_from(keeper.descriptor).unwrap_or(-1), keeper.entry.mode));
        }
        found.is_none_or(|(_, mode)| mode == Mode::Shared)
    })
    .ok()?;
    found
}
