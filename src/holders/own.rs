//! What a descriptor of our own holds, and whether it is alone with that.

use std::fs::File;
use std::os::fd::AsRawFd;

use super::LockId;
use super::parse::{self, Entry, Kind};
use super::proc::read;
use super::table;
use crate::lock::{Family, Mode};

/// How the open file description behind this descriptor holds its file; `None` if it does not, or if that
/// cannot be seen. Source: the `lock:` lines of /proc/self/fdinfo.
pub fn held_through(file: &File, family: Family) -> Option<Mode> {
    let mut buffer = Vec::new();
    let info = read(&format!("/proc/thread-self/fdinfo/{}", file.as_raw_fd()), &mut buffer).ok()?;
    let held = |entry: &Entry| entry.is_main() && entry.kind != Kind::Posix && entry.kind.family() == family;
    parse::fdinfo_locks(info).find(held).map(|entry| entry.mode)
}

/// Whether the one lock that is held on the file is ours; no if that cannot be seen. The table may tell
/// one lock twice, and two readers of one process look like that too.
pub fn holds_alone(file: &File, family: Family) -> bool {
    let held = |entry: &Entry| !entry.blocked && entry.is_main() && entry.kind.family() == family;
    let Ok(entries) = LockId::of_descriptor(file).and_then(table::of_file) else { return false };
    let mut held = entries.iter().filter(|entry| held(entry));
    held.next().is_some_and(|first| held.all(|other| other == first))
}
