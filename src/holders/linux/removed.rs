//! Who holds the lock on a file that stood at a path until it was removed.
//!
//! The kernel's table names such a file by its inode only. But the link of a descriptor,
//! /proc/PID/fd/N, keeps the name, with ` (deleted)` after it.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::parse::{self, Entry};
use super::proc::{exists, numbers_in, read};
use super::table;
use crate::holders::{LockId, Removed};
use crate::mode::{Family, Mode};

/// A process that holds a lock of this family, in the way of one that wants it so, on a file that
/// was removed from `path`.
pub fn holder_of_removed(path: &Path, family: Family, wanted: Mode) -> Option<Removed> {
    holder(path, |entry| {
        let conflicts = entry.mode == Mode::Exclusive || wanted == Mode::Exclusive;
        conflicts && entry.kind.family() == family
    })
}

/// A process that holds such a lock on a file that was removed from `path`. Processes that we may
/// not look into are not seen.
///
/// Sources: /proc/locks and the links in /proc/PID/fd. Only if there are such locks in the same
/// file system are any processes looked at; and all of them only if a lock does not name its own.
pub fn holder(path: &Path, is_it: impl Fn(&Entry) -> bool) -> Option<Removed> {
    let name = absolute(path)?;
    let directory = LockId::of_path(name.parent()?).ok()?;
    let there = |entry: &Entry| {
        let same_device = (entry.file.major, entry.file.minor) == (directory.major, directory.minor);
        !entry.blocked && entry.is_main() && same_device && is_it(entry)
    };
    let files = table::by_file().ok()?;
    let held: Vec<&Entry> = files.values().flatten().filter(|entry| there(entry)).collect();
    let inodes: HashSet<u64> = held.iter().map(|entry| entry.file.inode).collect();
    let mount = mount_of_directory(name.parent()?)?;
    let deleted = deleted(&name);
    let named: Option<Vec<u32>> = held.iter().map(|entry| entry.pid.filter(|&pid| exists(pid))).collect();
    let pids = named.unwrap_or_else(|| numbers_in("/proc").into_iter().flatten().collect());
    pids.into_iter().find_map(|pid| opened_by(pid, &deleted, mount, &inodes))
}

/// The descriptor of this process whose link reads like that, in the same mount, and is one of these
/// files without a name. Under another mount anyone could give a file the same path.
fn opened_by(pid: u32, link: &Path, mount: u64, inodes: &HashSet<u64>) -> Option<Removed> {
    let directory = format!("/proc/{pid}/fd");
    let mut buffer = Vec::new();
    numbers_in(&directory).ok()?.find_map(|descriptor| {
        let entry = format!("{directory}/{descriptor}");
        let reads_so = fs::read_link(&entry).is_ok_and(|found| found == link);
        let found = reads_so.then(|| fs::metadata(&entry).ok()).flatten()?;
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

/// The path as the kernel spells it, whether there is a file or not; symbolic links are followed,
/// the last one too.
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
