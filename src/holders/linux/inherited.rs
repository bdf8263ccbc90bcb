//! Locks that this process has inherited: it keeps a descriptor of the holder's open file.

use std::fs::File;
use std::os::fd::AsRawFd;

use super::fdinfo::{Keeper, each_lock};
use super::parse::Kind;
use super::proc::own_pid;
use crate::holders::LockId;
use crate::mode::{Family, Mode};

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
