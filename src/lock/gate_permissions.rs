//! Whose gate file is trusted, and who may create one.
//!
//! A gate can delay a process only on behalf of a user who could delay it through the lock file
//! itself. So a gate file gives the permissions that its lock file gives, and one that a user has
//! made who may not write the lock file is not used.

use std::fs::{File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::unistd::{AccessFlags, Gid, Uid, faccessat, fchown, geteuid};

use super::file::LockFile;
use crate::sys::gate_directory::{create_unnamed, give_name};

const OWNER: u32 = 0o600;
const GROUP: u32 = 0o060;
const OTHERS: u32 = 0o006;
const GROUP_WRITES: u32 = 0o020;
const OTHERS_WRITE: u32 = 0o002;

/// Whether this file may order those who wait for that lock file. An empty file with one name: not
/// another user's data under a second name.
pub(crate) fn is_trusted(gate: &Metadata, lock: &Metadata) -> bool {
    let is_plain = gate.is_file() && gate.len() == 0 && gate.nlink() <= 1;
    let made_by_a_writer = [0, lock.uid(), geteuid().as_raw()].contains(&gate.uid())
        || lock.mode() & OTHERS_WRITE != 0
        || lock.mode() & GROUP_WRITES != 0 && gate.gid() == lock.gid();
    is_plain && made_by_a_writer
}

/// Whether others will trust a gate file that this process creates. The owner may write a file
/// that is read-only, for nothing keeps it from making it writable.
pub(crate) fn may_create(lock: &LockFile, metadata: &Metadata) -> bool {
    let user = geteuid();
    user.is_root()
        || user.as_raw() == metadata.uid()
        || faccessat(AT_FDCWD, &lock.path, AccessFlags::W_OK, AtFlags::AT_EACCESS).is_ok()
}

/// Creates the gate file with the permissions of its lock file, in one step: no process ever opens
/// it half made.
///
/// # Errors
/// Those of the system; `AlreadyExists` if there is one by now.
pub(crate) fn create(path: &Path, lock: &Metadata) -> io::Result<File> {
    let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let file = create_unnamed(directory)?;
    // Where that is not allowed the permissions make up for it.
    let owner = geteuid().is_root().then(|| Uid::from_raw(lock.uid()));
    let _ = fchown(&file, owner, Some(Gid::from_raw(lock.gid())))
        .or_else(|_| fchown(&file, None, Some(Gid::from_raw(lock.gid()))));
    file.set_permissions(Permissions::from_mode(mode(&file.metadata()?, lock)))?;
    give_name(&file, path)?;
    Ok(file)
}

/// The permissions of a new gate file. Its group is the lock file's where that could be set;
/// otherwise it has no more rights than all others.
fn mode(gate: &Metadata, lock: &Metadata) -> u32 {
    let others = lock.mode() & OTHERS;
    let group = if gate.gid() == lock.gid() { lock.mode() & GROUP } else { others << 3 };
    OWNER | group | others
}
