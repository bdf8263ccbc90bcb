//! The name by which the kernel's lock table knows a file.
//!
//! /proc/locks names the superblock's device and the kernel's inode number. stat(2) reports others on
//! btrfs (a device for each subvolume) and on overlayfs (those of the layer below). The fdinfo of a
//! descriptor gives the mount and the inode, and mountinfo the superblock of that mount. An `O_PATH`
//! descriptor is enough for it: it needs no permission to read the file, does not open devices, and
//! closing it drops no POSIX lock.
//!
//! On btrfs that name is not unique: a file and its snapshot have the same device and inode in the table.
//! There the device that stat(2) reports is kept too, to tell their holders apart.

/// A file as /proc/locks names it: the superblock's device and the inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LockId {
    /// The device's major number.
    pub major: u32,
    /// The device's minor number.
    pub minor: u32,
    /// The inode number.
    pub inode: u64,
    /// The device that stat(2) reports, where it is another: the subvolume. /proc/locks does not tell it.
    pub subvolume: Option<u64>,
}

impl LockId {
    /// The name without what /proc/locks does not tell.
    #[must_use]
    pub fn in_table(self) -> Self {
        Self { subvolume: None, ..self }
    }
}

#[cfg(all(target_os = "linux", not(fasten_portable)))]
mod linux {
    use std::fs::{File, OpenOptions};
    use std::io;
    use std::os::fd::{AsFd, AsRawFd};
    use std::os::unix::fs::OpenOptionsExt;
    use std::path::Path;

    use nix::sys::stat::{fstat, stat};

    use super::LockId;
    use crate::holders::parse;
    use crate::holders::proc::{numbers_in, read};

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
            let reported =
                || stat(format!("/proc/{pid}/fd/{descriptor}").as_str()).ok().map(|stat| stat.st_dev);
            self.subvolume.is_none_or(|own| reported().is_none_or(|other| other == own))
        }

        /// Whether a process that the table takes for a user of this file uses one of the same name in
        /// another subvolume instead.
        pub(in crate::holders) fn is_mistaken_for_that_of(self, pid: u32) -> bool {
            let (Some(own), Ok(descriptors)) = (self.subvolume, numbers_in(&format!("/proc/{pid}/fd")))
            else {
                return false;
            };
            let opened = descriptors.filter_map(|fd| stat(format!("/proc/{pid}/fd/{fd}").as_str()).ok());
            let devices: Vec<u64> =
                opened.filter(|stat| stat.st_ino == self.inode).map(|stat| stat.st_dev).collect();
            !devices.is_empty() && !devices.contains(&own)
        }
    }
}
