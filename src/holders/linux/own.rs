//! What our own descriptors hold: through one of them, whether alone, and what another one holds.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

use super::fdinfo::{FdLock, each_lock};
use super::parse::{self, Entry, Kind};
use super::proc::{own_pid, read};
use super::snapshot;
use crate::holders::{LockId, OwnLock};
use crate::mode::{Family, Mode};
use crate::sys::statfs::keeps_families_apart;

/// How the open file of this descriptor holds a lock of this family.
///
/// Source: the `lock:` lines of /proc/thread-self/fdinfo. If there is none, that means something
/// only on a file system known to be local: others may keep their locks in a server and show none
/// here. So may a kernel that is not Linux itself (gVisor), which shows no mount either.
pub fn held_through(file: &File, family: Family) -> OwnLock {
    let mut buffer = Vec::new();
    let Ok(info) = info(file, &mut buffer) else { return OwnLock::Unknown };
    match own(info, family) {
        Some(entry) => OwnLock::Held(entry.mode),
        None if shows_the_mount(info) && keeps_families_apart(file) => OwnLock::Free,
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

fn shows_the_mount(info: &[u8]) -> bool {
    parse::field_number(info, "mnt_id:").is_some()
}

/// Whether the only lock that is held on the file is ours; no if that cannot be seen.
///
/// All lines of the table must equal ours. The table may list one lock twice, and two readers of
/// one process look like that too. In a pid namespace it omits our lock if the process that took it
/// has ended: then the one line that it shows is another process's lock.
pub fn holds_alone(file: &File, family: Family) -> bool {
    let held = |entry: &Entry| !entry.blocked && entry.is_main() && entry.kind.family() == family;
    let Ok(entries) = LockId::of_descriptor(file).and_then(snapshot::of_file) else { return false };
    let mut buffer = Vec::new();
    let Some(own) = info(file, &mut buffer).ok().and_then(|info| own(info, family)) else { return false };
    let mut held = entries.iter().filter(|entry| held(entry)).peekable();
    held.peek().is_some() && held.all(|entry| *entry == own)
}

/// Another descriptor of this process that holds a lock of this family on the whole of the same
/// file, and its mode; an exclusive one if there are several. A lock on a few bytes does not count.
pub fn inherited(file: &File, family: Family) -> Option<(i32, Mode)> {
    let id = LockId::of_descriptor(file).ok()?;
    let mut found = None;
    let is_it = |FdLock { descriptor, entry, .. }: &FdLock| {
        let whole = entry.kind != Kind::Posix && entry.start == 0 && entry.end == i64::MAX;
        whole
            && entry.file == id.in_table()
            && entry.kind.family() == family
            && i64::from(*descriptor) != i64::from(file.as_raw_fd())
    };
    let pid = own_pid().ok()?;
    each_lock(pid, &mut Vec::new(), |lock| {
        if is_it(&lock) && id.is_open_as(pid, lock.descriptor) {
            found = Some((i32::try_from(lock.descriptor).unwrap_or(-1), lock.entry.mode));
        }
        found.is_none_or(|(_, mode)| mode == Mode::Shared)
    })
    .ok()?;
    found
}
