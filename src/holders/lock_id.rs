//! The name by which the kernel's lock table knows a file.

/// A file as /proc/locks names it: the superblock's device and the inode.
///
/// stat(2) reports other numbers on btrfs (a device for each subvolume) and on overlayfs (those of
/// the layer below). So the name is not taken from stat(2): the fdinfo of a descriptor shows the
/// mount and the inode, and mountinfo shows the superblock of that mount. An `O_PATH` descriptor is
/// enough. It needs no permission to read the file and does not open devices, and closing it drops
/// no POSIX lock.
///
/// On btrfs the name is not unique: a file and its copy in a snapshot have the same device and
/// inode in the table. There the device that stat(2) reports is kept too, to tell their holders
/// apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LockId {
    /// The device's major number.
    #[doc(hidden)]
    pub major: u32,
    /// The device's minor number.
    #[doc(hidden)]
    pub minor: u32,
    /// The inode number.
    #[doc(hidden)]
    pub inode: u64,
    /// The subvolume: the device that stat(2) reports, if that is another one. /proc/locks does not
    /// show it.
    #[doc(hidden)]
    pub subvolume: Option<u64>,
}

impl LockId {
    /// The name as /proc/locks has it: without the subvolume.
    #[doc(hidden)]
    #[must_use]
    pub fn in_table(self) -> Self {
        Self { subvolume: None, ..self }
    }
}
