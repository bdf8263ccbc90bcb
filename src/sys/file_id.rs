//! Which file it is, and whether a path leads to it.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Which file it is, whatever it is called. The order is the global one in
/// which several locks are taken.
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

/// Whether the path leads to that file now. Another one may have been put in
/// its place while we waited, and whoever locks that one is not excluded by us.
pub fn leads_to(path: &Path, id: FileId) -> bool {
    fs::metadata(path).is_ok_and(|found| FileId::from(&found) == id)
}
