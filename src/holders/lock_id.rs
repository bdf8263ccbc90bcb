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
