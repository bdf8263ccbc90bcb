//! A file that is open to be locked, and whether its path still leads to it.

use std::cell::OnceCell;
use std::fs::{self, File, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::mode::Family;
use super::open::open_again_for_writing;
use crate::sys::filesystem::keeps_families_apart;

/// Which file it is, whatever it is called. The order is the global one in
/// which several locks are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FileId {
    device: u64,
    inode: u64,
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
    /// The same file, open for reading, where a caller's descriptor is open for
    /// writing only: a shared gate cannot be had on that one.
    pub(crate) readable: Option<File>,
    /// A second descriptor, open for writing, once it was asked for.
    pub(crate) second: OnceCell<Option<File>>,
    /// Whether there can be gates before it, once it was asked.
    pub(crate) gates: OnceCell<bool>,
    pub(crate) id: FileId,
    /// A regular file that can be executed.
    pub(crate) executable: bool,
    /// Opened by us, or a duplicate of a descriptor of the caller's.
    pub(crate) is_ours: bool,
    /// With which of the kernel's locks it is locked.
    pub(crate) family: Family,
}

impl LockFile {
    /// What shared gates are had on.
    pub(crate) fn for_gates(&self) -> &File {
        self.readable.as_ref().unwrap_or(&self.file)
    }

    /// Whether there can be gates before it.
    pub(crate) fn has_gates(&self) -> bool {
        *self.gates.get_or_init(|| keeps_families_apart(&self.file))
    }

    /// The same file, open for writing and kept so: the gates of a writer need that. `None` where it cannot be had.
    pub(crate) fn for_writing(&self) -> Option<&File> {
        self.second.get_or_init(|| open_again_for_writing(self)).as_ref()
    }

    /// Looks whether the path leads to this file now, and whether it has become one that can be executed: then it must
    /// not be open for writing any more.
    pub(crate) fn is_still_there(&mut self) -> bool {
        let Ok(found) = fs::metadata(&self.path) else { return false };
        self.executable = is_executable(&found);
        if self.executable {
            self.second = OnceCell::from(None);
        }
        FileId::from(&found) == self.id
    }
}

/// Whether it is a regular file that can be executed.
pub(crate) fn is_executable(metadata: &Metadata) -> bool {
    metadata.is_file() && metadata.mode() & 0o111 != 0
}

/// Whether the path leads to that file now. Another one may have been put in
/// its place while we waited, and whoever locks that one is not excluded by us.
pub(crate) fn leads_to(path: &Path, id: FileId) -> bool {
    fs::metadata(path).is_ok_and(|found| FileId::from(&found) == id)
}
