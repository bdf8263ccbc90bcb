//! Finds the name of a file in the kernel's lock table, and tells apart files that share one: see
//! [`LockId`].

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use super::proc::{numbers_in, read};
use super::{mountinfo, parse};
use crate::holders::LockId;
use crate::sys::wide::file_of;

impl LockId {
    /// The file at `path`; symbolic links are followed. No permission to read the file is needed.
    ///
    /// Sources of truth: /proc/thread-self/fdinfo and mountinfo, and fstat(2).
    ///
    /// # Errors
    /// Those of open(2) with `O_PATH` (the file does not exist, a directory on the way may not be
    /// searched), and those of reading /proc.
    #[doc(hidden)]
    pub fn of_path(path: &Path) -> io::Result<Self> {
        Self::of_descriptor(&Self::open(path)?)
    }

    /// Opens a file with `O_PATH`: without permission to read it, and without locking or blocking.
    pub(in crate::holders) fn open(path: &Path) -> io::Result<File> {
        OpenOptions::new().read(true).custom_flags(libc::O_PATH).open(path)
    }

    /// The file that an open descriptor refers to.
    ///
    /// Sources of truth: /proc/thread-self/fdinfo and mountinfo, and fstat(2).
    ///
    /// # Errors
    /// Those of reading /proc.
    #[doc(hidden)]
    pub fn of_descriptor(descriptor: &impl AsFd) -> io::Result<Self> {
        let descriptor = descriptor.as_fd();
        let mut buffer = Vec::new();
        let path = format!("/proc/thread-self/fdinfo/{}", descriptor.as_raw_fd());
        let info = read(&path, &mut buffer)?;
        let mount = parse::field_number(info, "mnt_id:");
        let inode = parse::field_number(info, "ino:");
        let mounts = read("/proc/thread-self/mountinfo", &mut buffer)?;
        let device = mount.and_then(|mount| mountinfo::device(mounts, mount));
        let opened = file_of(descriptor)?;
        let reported = (libc::major(opened.device), libc::minor(opened.device));
        // Linux before 5.14 writes no `ino:`, and in a chroot the mount may be missing.
        let (major, minor) = device.unwrap_or(reported);
        let subvolume = ((major, minor) != reported).then_some(opened.device);
        Ok(Self { major, minor, inode: inode.unwrap_or(opened.inode), subvolume })
    }

    /// Whether a process's descriptor refers to this file, given that the table has the same name
    /// for both; yes if that cannot be seen.
    pub(in crate::holders) fn is_open_as(self, pid: u32, descriptor: u32) -> bool {
        let reported = || fs::metadata(format!("/proc/{pid}/fd/{descriptor}")).ok().map(|file| file.dev());
        self.subvolume.is_none_or(|own| reported().is_none_or(|other| other == own))
    }

    /// Whether a process that waits for a file with this name in the table waits for one in another
    /// subvolume: it has such a file open, and not this one.
    pub(in crate::holders) fn is_mistaken_for_that_of(self, pid: u32) -> bool {
        let (Some(own), Ok(descriptors)) = (self.subvolume, numbers_in(&format!("/proc/{pid}/fd"))) else {
            return false;
        };
        let opened = descriptors.filter_map(|fd| fs::metadata(format!("/proc/{pid}/fd/{fd}")).ok());
        let devices: Vec<u64> =
            opened.filter(|file| file.ino() == self.inode).map(|file| file.dev()).collect();
        !devices.is_empty() && !devices.contains(&own)
    }
}
