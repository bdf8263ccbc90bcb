//! Which file systems keep flock(2) and fcntl(2) locks apart.
//!
//! The local ones do. A network file system may turn a flock into an fcntl lock, and other machines
//! hold its locks too, which do not see the gates. So a lock is upgraded only where the file system
//! is known to be local; elsewhere a writer on another machine could get in between.

use std::os::fd::AsFd;

use nix::sys::statfs::fstatfs;

/// The local file systems by their magic numbers (statfs(2), linux/magic.h).
const LOCAL: [(&str, u32); 18] = [
    ("bcachefs", 0xca45_1a4e),
    ("btrfs", 0x9123_683e),
    ("erofs", 0xe0f5_e1e2),
    ("exfat", 0x2011_bab0),
    ("ext2, ext3, ext4", 0xef53),
    ("f2fs", 0xf2f5_2010),
    ("iso9660", 0x9660),
    ("jfs", 0x3153_464a),
    ("ntfs3", 0x7366_746e),
    ("overlayfs", 0x794c_7630),
    ("ramfs", 0x8584_58f6),
    ("reiserfs", 0x5265_4973),
    ("squashfs", 0x7371_7368),
    ("tmpfs", 0x0102_1994),
    ("udf", 0x1501_3346),
    ("vfat", 0x4d44),
    ("xfs", 0x5846_5342),
    ("zfs", 0x2fc1_2fc1),
];

/// Others: network and cluster file systems, and FUSE.
const OTHER: [(&str, u32); 16] = [
    ("9p", 0x0102_1997),
    ("afs", 0x5346_414f),
    ("beegfs", 0x1983_0326),
    ("ceph", 0x00c3_6400),
    ("cifs", 0xff53_4d42),
    ("coda", 0x7375_7245),
    ("fuse", 0x6573_5546),
    ("gfs2", 0x0116_1970),
    ("gpfs", 0x4750_4653),
    ("lustre", 0x0bd0_0bd0),
    ("nfs", 0x6969),
    ("ocfs2", 0x7461_636f),
    ("orangefs", 0x2003_0528),
    ("smb", 0x517b),
    ("smb3", 0xfe53_4d42),
    ("vboxsf", 0x786f_4256),
];

/// Whether the two families of locks are independent on this file's file system.
pub(crate) fn keeps_families_apart(file: impl AsFd) -> bool {
    magic_of(file).is_some_and(is_local)
}

/// The name of the file's file system, if it is one of these.
pub(crate) fn name(file: impl AsFd) -> Option<&'static str> {
    let magic = magic_of(file)?;
    LOCAL.iter().chain(&OTHER).find(|(_, known)| *known == magic).map(|(name, _)| *name)
}

/// The number is one of 32 bits, in a type that differs between C libraries and processors.
#[allow(clippy::cast_sign_loss, clippy::unnecessary_cast, reason = "the low 32 bits are the number")]
fn magic_of(file: impl AsFd) -> Option<u32> {
    Some(fstatfs(file).ok()?.filesystem_type().0 as u32)
}

fn is_local(magic: u32) -> bool {
    LOCAL.iter().any(|(_, local)| *local == magic)
}

#[cfg(test)]
mod tests {
    use super::{OTHER, is_local};

    #[test]
    fn a_network_or_unknown_file_system_is_not_local() {
        assert!(OTHER.iter().all(|(_, magic)| !is_local(*magic)));
        assert!(!is_local(0));
        assert!(is_local(0xef53));
    }
}
