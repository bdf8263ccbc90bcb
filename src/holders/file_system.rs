//! The file system under a file: what it is, how it is mounted, and whether the
//! two families of locks are independent there.
//!
//! For `fasten doctor`, which must judge by the same table as upgrades do.

use std::os::fd::AsFd;

use super::os::mount_of;
use crate::sys::statfs;

/// What is known of the file system under a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSystem {
    /// Its name: as it is mounted, else by its magic number.
    pub kind: Option<String>,
    /// How it is mounted, where /proc tells.
    pub mount: Option<Mount>,
    /// Whether it is known to be local, where flock(2) and fcntl(2) locks do not
    /// see each other: there locks are upgraded.
    pub keeps_families_apart: bool,
}

/// A line of the table of mounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// `nfs4`, `fuse.sshfs`.
    pub kind: String,
    /// `server:/export`, `/dev/vda`.
    pub source: String,
    /// Where it is mounted.
    pub point: String,
    /// Of the mount and of the file system, divided by commas.
    pub options: String,
}

impl FileSystem {
    /// The one that this file is in.
    pub fn of(file: impl AsFd) -> Self {
        let mount = mount_of(file.as_fd());
        let by_number = || statfs::name(file.as_fd()).map(str::to_owned);
        Self {
            kind: mount.as_ref().map(|mount| mount.kind.clone()).or_else(by_number),
            mount,
            keeps_families_apart: statfs::keeps_families_apart(file.as_fd()),
        }
    }
}

impl Mount {
    /// The value of an option, empty for one that has none; `None` if it is not set.
    pub fn option(&self, name: &str) -> Option<&str> {
        let mut options = self.options.split(',').map(|one| one.split_once('=').unwrap_or((one, "")));
        options.find(|(found, _)| *found == name).map(|(_, value)| value)
    }
}
