//! The identity of a file, and whether a path leads to it.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The identity of a file, whatever its name. Several locks are acquired in the order of these,
/// which is the same for all processes, so that they cannot deadlock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId {
    pub(crate) device: u64,
    pub(crate) inode: u64,
}

impl From<&Metadata> for FileId {
    fn from(metadata: &Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino() }
    }
}

/// Whether the path leads to this file now. Another process may have replaced the file during the
/// wait; a lock on the old file does not exclude a process that locks the new one.
pub fn leads_to(path: &Path, id: FileId) -> bool {
    fs::metadata(path).is_ok_and(|found| FileId::from(&found) == id)
}
