//! The lines of the kernel's table about a lock: those of its lock file, and those of its gate
//! file, at which processes wait in order.
//!
//! The name of a gate file consists of the device and inode of its lock file. For one lock, the
//! gate file counts only if that lock's waiters would trust it. For all locks, the lock files are
//! not looked up, and every empty file with such a name counts.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;

use super::parse::Entry;
use super::snapshot::{self, Files};
use crate::holders::LockId;
use crate::layout::{GATE_DIRECTORY, gate_file, lock_of_gate_file};
use crate::sys::file_id::FileId;
use crate::sys::gate_permissions::is_trusted;

/// The lines of the table about one lock.
#[derive(Debug, Default)]
pub struct Lines {
    /// Those of its lock file.
    pub own: Vec<Entry>,
    /// Those of its gate file.
    pub gates: Vec<Entry>,
}

/// The lines of the table about several locks.
pub type LinesByLock = HashMap<LockId, Lines>;

/// The lines about one lock. `gates` is its gate file, if it has one.
///
/// # Errors
/// Those of reading /proc/locks.
pub fn of_lock(file: LockId, gates: Option<LockId>) -> io::Result<LinesByLock> {
    let mut files = snapshot::of_files(&[Some(file), gates].map(|id| id.map(LockId::in_table)))?;
    let mut take = |id: LockId| files.remove(&id.in_table()).unwrap_or_default();
    Ok(LinesByLock::from([(file, Lines { own: take(file), gates: gates.map(take).unwrap_or_default() })]))
}

/// The lines about every lock. Those of a gate file are listed with its lock, not as a lock of
/// their own.
///
/// # Errors
/// Those of reading /proc/locks.
pub fn of_all() -> io::Result<LinesByLock> {
    let mut files = snapshot::by_file()?;
    let gates: Vec<_> = all().into_iter().filter_map(|(id, lock)| Some((files.remove(&id)?, lock))).collect();
    let gates: Vec<_> = gates.into_iter().map(|(lines, lock)| (lines, in_table(lock, &files))).collect();
    let mut locks: LinesByLock =
        files.into_iter().map(|(file, own)| (file, Lines { own, gates: Vec::new() })).collect();
    for (lines, lock) in gates {
        locks.entry(lock).or_default().gates.extend(lines);
    }
    Ok(locks)
}

/// The name in the table of the file with this device and inode from stat(2). Where stat(2) and the
/// table use different devices (on btrfs, for example), the inode decides if only one file has it.
fn in_table(file: FileId, files: &Files) -> LockId {
    let (major, minor) = (libc::major(file.device), libc::minor(file.device));
    let alike = LockId { major, minor, inode: file.inode, subvolume: None };
    let mut others = files.keys().filter(|other| other.inode == file.inode);
    match (files.contains_key(&alike), others.next(), others.next()) {
        (false, Some(&only), None) => only,
        _ => alike,
    }
}

/// The gate file of the lock file with this metadata, if there is one that its waiters trust.
pub fn of(lock: &Metadata) -> Option<LockId> {
    let path = gate_file(lock.dev(), lock.ino());
    let trusted = |gate: &Metadata| is_trusted(gate, lock);
    fs::symlink_metadata(&path).ok().filter(trusted).and_then(|_| LockId::of_path(&path).ok())
}

/// All gate files by their names in the table, each with device and inode of its lock file.
fn all() -> HashMap<LockId, FileId> {
    let entries = fs::read_dir(GATE_DIRECTORY).into_iter().flatten().map_while(Result::ok);
    let gates = entries.filter_map(|entry| {
        let (device, inode) = lock_of_gate_file(entry.file_name().to_str()?)?;
        let found = entry.metadata().ok().filter(|found| found.is_file() && found.len() == 0)?;
        if found.nlink() > 1 {
            return None;
        }
        Some((LockId::of_path(&entry.path()).ok()?, FileId { device, inode }))
    });
    gates.collect()
}
