//! The file system that a file is in: its name, its mount, and whether the two families of locks
//! are independent there.
//!
//! `fasten doctor` uses it. It must judge by the same table of file systems as upgrades do.

use std::os::fd::AsFd;

use super::os::mount_of;
use crate::sys::statfs;

/// What is known of the file system that a file is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSystem {
    /// Its name: from the mount, otherwise from its magic number; `None` if neither is known.
    pub kind: Option<String>,
    /// How it is mounted; `None` if /proc does not show it.
    pub mount: Option<Mount>,
    /// Whether it is known to be a local one, on which flock(2) and fcntl(2) locks do not exclude
    /// each other. Only there are locks upgraded.
    pub keeps_families_apart: bool,
}

/// A mount, as /proc/PID/mountinfo shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// The type of the file system: `nfs4`, `fuse.sshfs`.
    pub kind: String,
    /// What is mounted: `server:/export`, `/dev/vda`.
    pub source: String,
    /// The directory where it is mounted.
    pub point: String,
    /// The options of the mount, then those of the file system, separated by commas.
    pub options: String,
}

impl FileSystem {
    /// The file system that this file is in.
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
    /// The value of an option; empty if the option has no value, `None` if it is not set.
    pub fn option(&self, name: &str) -> Option<&str> {
        let mut options = self.options.split(',').map(|one| one.split_once('=').unwrap_or((one, "")));
        options.find(|(found, _)| *found == name).map(|(_, value)| value)
    }
}
