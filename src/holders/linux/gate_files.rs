//! The lines of the kernel's table about a lock: those of its lock file, and those of its gate file,
//! where the ones that wait in order are to be found.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;

use super::parse::Entry;
use super::table::{self, Files};
use crate::holders::LockId;
use crate::layout::{GATE_DIRECTORY, gate_file, lock_of_gate_file};
use crate::sys::file_id::FileId;
use crate::sys::gate_permissions::is_trusted;

/// What the table says of one lock.
#[derive(Debug, Default)]
pub struct Lines {
    /// Of its file.
    pub own: Vec<Entry>,
    /// Of its gate file.
    pub gates: Vec<Entry>,
}

/// What the table says of all locks.
pub type Locks = HashMap<LockId, Lines>;

/// The lines about one lock, given the name of its gate file, if it has one.
///
/// # Errors
/// Those of reading the table.
pub fn of_lock(file: LockId, gates: Option<LockId>) -> io::Result<Locks> {
    let mut files = table::of_files(&[Some(file), gates].map(|id| id.map(LockId::in_table)))?;
    let mut take = |id: LockId| files.remove(&id.in_table()).unwrap_or_default();
    Ok(Locks::from([(file, Lines { own: take(file), gates: gates.map(take).unwrap_or_default() })]))
}

/// The lines about every lock; those of a gate file are its lock's.
///
/// # Errors
/// Those of reading the table.
pub fn of_all() -> io::Result<Locks> {
    let mut files = table::by_file()?;
    let gates: Vec<_> = all().into_iter().filter_map(|(id, lock)| Some((files.remove(&id)?, lock))).collect();
    let gates: Vec<_> = gates.into_iter().map(|(lines, lock)| (lines, in_table(lock, &files))).collect();
    let mut locks: Locks =
        files.into_iter().map(|(file, own)| (file, Lines { own, gates: Vec::new() })).collect();
    for (lines, lock) in gates {
        locks.entry(lock).or_default().gates.extend(lines);
    }
    Ok(locks)
}

/// The name in the table of a file that stat(2) names so. Where the two name devices differently (on
/// btrfs, say) the inode has to do.
fn in_table(file: FileId, files: &Files) -> LockId {
    let (major, minor) = (libc::major(file.device), libc::minor(file.device));
    let alike = LockId { major, minor, inode: file.inode, subvolume: None };
    let mut others = files.keys().filter(|other| other.inode == file.inode);
    match (files.contains_key(&alike), others.next(), others.next()) {
        (false, Some(&only), None) => only,
        _ => alike,
    }
}

/// The gate file of the lock file that is described so, if there is one that its waiters trust.
pub fn of(lock: &Metadata) -> Option<LockId> {
    let path = gate_file(lock.dev(), lock.ino());
    let trusted = |gate: &Metadata| is_trusted(gate, lock);
    fs::symlink_metadata(&path).ok().filter(trusted).and_then(|_| LockId::of_path(&path).ok())
}

/// All gate files, by what they are called in the table, with what stat(2) calls their locks.
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
