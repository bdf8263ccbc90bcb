//! Which name the kernel's lock table gives to a file: see [`LockId`].

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use nix::sys::stat::{fstat, stat};

use super::parse;
use super::proc::{numbers_in, read};
use crate::holders::LockId;

impl LockId {
    /// The file at `path`, symbolic links followed. Source: /proc/self/fdinfo and mountinfo.
    ///
    /// # Errors
    /// Those of open(2) with `O_PATH`: no such file, a directory on the way that may not be
    /// searched; and those of reading /proc.
    pub fn of_path(path: &Path) -> io::Result<Self> {
        Self::of_descriptor(&Self::open(path)?)
    }

    pub(in crate::holders) fn open(path: &Path) -> io::Result<File> {
        OpenOptions::new().read(true).custom_flags(libc::O_PATH).open(path)
    }

    /// The file behind an open descriptor. Source: /proc/self/fdinfo and mountinfo.
    ///
    /// # Errors
    /// Those of reading /proc.
    pub fn of_descriptor(descriptor: &impl AsFd) -> io::Result<Self> {
        let descriptor = descriptor.as_fd();
        let mut buffer = Vec::new();
        let path = format!("/proc/thread-self/fdinfo/{}", descriptor.as_raw_fd());
        let info = read(&path, &mut buffer)?;
        let mount = parse::field_number(info, "mnt_id:");
        let inode = parse::field_number(info, "ino:");
        let mountinfo = read("/proc/thread-self/mountinfo", &mut buffer)?;
        let device = mount.and_then(|mount| parse::mount_device(mountinfo, mount));
        let stat = fstat(descriptor)?;
        let reported = (libc::major(stat.st_dev), libc::minor(stat.st_dev));
        // No `ino:` before Linux 5.14; in a chroot the mount may be out of sight.
        let (major, minor) = device.unwrap_or(reported);
        let subvolume = ((major, minor) != reported).then_some(stat.st_dev);
        Ok(Self { major, minor, inode: inode.unwrap_or(stat.st_ino), subvolume })
    }

    /// Whether a process' descriptor, which the table takes for this file, is this file; yes when
    /// that cannot be seen.
    pub(in crate::holders) fn is_open_as(self, pid: u32, descriptor: u32) -> bool {
        let reported = || stat(format!("/proc/{pid}/fd/{descriptor}").as_str()).ok().map(|stat| stat.st_dev);
        self.subvolume.is_none_or(|own| reported().is_none_or(|other| other == own))
    }

    /// Whether a process that the table takes for a user of this file uses one of the same name in
    /// another subvolume instead.
    pub(in crate::holders) fn is_mistaken_for_that_of(self, pid: u32) -> bool {
        let (Some(own), Ok(descriptors)) = (self.subvolume, numbers_in(&format!("/proc/{pid}/fd"))) else {
            return false;
        };
        let opened = descriptors.filter_map(|fd| stat(format!("/proc/{pid}/fd/{fd}").as_str()).ok());
        let devices: Vec<u64> =
            opened.filter(|stat| stat.st_ino == self.inode).map(|stat| stat.st_dev).collect();
        !devices.is_empty() && !devices.contains(&own)
    }
}
