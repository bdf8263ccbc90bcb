//! The holder of a lock on a file that was removed from a path while the lock was held.
//!
//! The kernel's table names such a file by its inode only. But the link of a descriptor,
//! /proc/PID/fd/FD, keeps the path, followed by ` (deleted)`.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::parse::{self, Entry};
use super::proc::{exists, numbers_in, read};
use super::snapshot;
use crate::holders::{LockId, Removed};
use crate::mode::{Family, Mode};

/// A process that holds a lock of this family on a file that was removed from `path`, in a mode
/// that conflicts with `wanted`.
pub fn holder_of_removed(path: &Path, family: Family, wanted: Mode) -> Option<Removed> {
    holder(path, |entry| {
        let conflicts = entry.mode == Mode::Exclusive || wanted == Mode::Exclusive;
        conflicts && entry.kind.family() == family
    })
}

/// A process that holds a lock for which `is_it` returns true on a file that was removed from
/// `path`. Processes whose descriptors we may not read are not found.
///
/// Sources of truth: /proc/locks and the links in /proc/PID/fd. If no such lock is held in the same
/// file system, no process is examined; if every such lock names a living process, only those are.
pub fn holder(path: &Path, is_it: impl Fn(&Entry) -> bool) -> Option<Removed> {
    let name = absolute(path)?;
    let directory = LockId::of_path(name.parent()?).ok()?;
    let there = |entry: &Entry| {
        let same_device = (entry.file.major, entry.file.minor) == (directory.major, directory.minor);
        !entry.blocked && entry.is_main() && same_device && is_it(entry)
    };
    let files = snapshot::by_file().ok()?;
    let held: Vec<&Entry> = files.values().flatten().filter(|entry| there(entry)).collect();
    let inodes: HashSet<u64> = held.iter().map(|entry| entry.file.inode).collect();
    let mount = mount_of_directory(name.parent()?)?;
    let deleted = deleted(&name);
    let named: Option<Vec<u32>> = held.iter().map(|entry| entry.pid.filter(|&pid| exists(pid))).collect();
    let pids = named.unwrap_or_else(|| numbers_in("/proc").into_iter().flatten().collect());
    pids.into_iter().find_map(|pid| opened_by(pid, &deleted, mount, &inodes))
}

/// The descriptor of this process that has this link, is in this mount, and refers to one of these
/// inodes without a name left. The mount matters because any user can give a file the same path in
/// a mount of their own.
fn opened_by(pid: u32, link: &Path, mount: u64, inodes: &HashSet<u64>) -> Option<Removed> {
    let directory = format!("/proc/{pid}/fd");
    let mut buffer = Vec::new();
    numbers_in(&directory).ok()?.find_map(|descriptor| {
        let entry = format!("{directory}/{descriptor}");
        let has_the_link = fs::read_link(&entry).is_ok_and(|found| found == link);
        let found = has_the_link.then(|| fs::metadata(&entry).ok()).flatten()?;
        let info = read(&format!("/proc/{pid}/fdinfo/{descriptor}"), &mut buffer).ok()?;
        let is_it = found.nlink() == 0
            && inodes.contains(&found.ino())
            && parse::field_number(info, "mnt_id:") == Some(mount);
        is_it.then(|| Removed { pid, descriptor, inode: found.ino() })
    })
}

fn mount_of_directory(directory: &Path) -> Option<u64> {
    let opened = LockId::open(directory).ok()?;
    let mut buffer = Vec::new();
    let info = format!("/proc/thread-self/fdinfo/{}", opened.as_raw_fd());
    parse::field_number(read(&info, &mut buffer).ok()?, "mnt_id:")
}

/// The path as the kernel writes it, whether the file exists or not. Symbolic links are followed,
/// also the last one.
fn absolute(path: &Path) -> Option<PathBuf> {
    const MOST_LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let directory = match path.parent()? {
            here if here.as_os_str().is_empty() => Path::new("."),
            directory => directory,
        };
        let directory = directory.canonicalize().ok()?;
        match fs::read_link(&path) {
            Ok(target) => path = directory.join(target),
            Err(_) => return Some(directory.join(path.file_name()?)),
        }
    }
    None
}

fn deleted(name: &Path) -> PathBuf {
    let mut link = OsString::from(name);
    link.push(" (deleted)");
    link.into()
}
