//! Directories such as /tmp, where the kernel keeps people off each other's files.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;

use super::finding::Finding;

const STICKY: u32 = 0o1000;
const WRITABLE_BY_GROUP: u32 = 0o020;
const WRITABLE_BY_ALL: u32 = 0o002;

/// What `fs.protected_regular` means for the lock files of others in this
/// directory; nothing for fasten, which opens what exists without `O_CREAT`.
pub(super) fn finding(directory: &Metadata) -> Option<Finding> {
    let protected = fs::read_to_string("/proc/sys/fs/protected_regular").ok()?;
    let writable = match protected.trim() {
        "1" => WRITABLE_BY_ALL,
        "2" => WRITABLE_BY_ALL | WRITABLE_BY_GROUP,
        _ => return None,
    };
    let mode = directory.mode();
    let applies = mode & STICKY != 0 && mode & writable != 0;
    applies.then(|| Finding::note("fs.protected_regular keeps flock(1) from others' lock files, not fasten"))
}
