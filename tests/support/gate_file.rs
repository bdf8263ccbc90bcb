//! Where the gate file of a lock lies, and which of its bytes means what: fasten-lock(5), written down once more.
#![allow(dead_code, reason = "each program uses its part of it")]

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The bytes of the flock family; those of the fcntl family lie `FCNTL` further on.
pub const QUEUE: u64 = 1 << 32;
pub const PASSAGE: u64 = QUEUE + 2;
pub const INTENT: u64 = QUEUE + 3;
pub const LANDING: u64 = QUEUE + (1 << 31);
pub const CONVERSION: u64 = LANDING + 1;
pub const SLOT_QUEUE: u64 = LANDING + 10;
pub const SLOT_WAITERS: u64 = LANDING + 14;
pub const COALESCE: u64 = LANDING + 12;
pub const FCNTL: u64 = 1 << 32;

/// The path of the gate file of this lock, whether it is there or not.
pub fn gate_file(lock: &Path) -> PathBuf {
    let lock = fs::metadata(lock).unwrap();
    format!("/dev/shm/fasten.{:x}.{}", lock.dev(), lock.ino()).into()
}

/// Removes what killed waiters have left of the locks in this directory: nobody else will come to these locks.
pub fn remove_gate_files(directory: &Path) {
    let entries = fs::read_dir(directory).into_iter().flatten().map_while(Result::ok);
    for path in entries.map(|entry| entry.path()).chain([directory.to_owned()]).filter(|path| path.exists()) {
        let _ = fs::remove_file(gate_file(&path));
    }
}

/// The inodes under which the kernel's table knows a lock: that of the lock file, and that of its gate file if it has
/// one.
pub fn inodes(lock: &Path) -> Vec<u64> {
    let inode = |path: &Path| fs::metadata(path).ok().map(|found| found.ino());
    [inode(lock), inode(&gate_file(lock))].into_iter().flatten().collect()
}
