//! A file that is open to be locked, and whether its path still leads to it.

use std::cell::OnceCell;
use std::fs::{self, File, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::layout::gate_file;
use crate::mode::Family;

/// Which file it is, whatever it is called. The order is the global one in
/// which several locks are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FileId {
    pub(crate) device: u64,
    pub(crate) inode: u64,
}

impl From<&Metadata> for FileId {
    fn from(metadata: &Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino() }
    }
}

/// An open lock file.
#[derive(Debug)]
pub(crate) struct LockFile {
    pub(crate) path: PathBuf,
    pub(crate) file: File,
    pub(crate) id: FileId,
    /// Opened by us, or a duplicate of a descriptor of the caller's.
    pub(crate) is_ours: bool,
    /// With which of the kernel's locks it is locked.
    pub(crate) family: Family,
    pub(super) gate_file: OnceCell<PathBuf>,
}

impl LockFile {
    pub(crate) fn new(path: PathBuf, file: File, id: FileId, is_ours: bool, family: Family) -> Self {
        Self { path, file, id, is_ours, family, gate_file: OnceCell::new() }
    }

    /// The path of its gate file, whether there is one or not; it is asked for more than once.
    pub(crate) fn gate_file(&self) -> &Path {
        self.gate_file.get_or_init(|| gate_file(self.id.device, self.id.inode))
    }

    /// Whether the path leads to this file now.
    pub(crate) fn is_still_there(&self) -> bool {
        leads_to(&self.path, self.id)
    }
}

/// Whether the path leads to that file now. Another one may have been put in
/// its place while we waited, and whoever locks that one is not excluded by us.
pub(crate) fn leads_to(path: &Path, id: FileId) -> bool {
    fs::metadata(path).is_ok_and(|found| FileId::from(&found) == id)
}
