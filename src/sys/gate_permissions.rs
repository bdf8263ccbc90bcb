//! Which gate files are trusted, and which users may create one.
//!
//! A gate may delay a process only on behalf of a user who could delay it through the lock file
//! too. So a gate file has the permissions of its lock file, and a gate file of a user who may not
//! write the lock file is not used.

use std::fs::{File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::unistd::{AccessFlags, Gid, Uid, faccessat, fchown, geteuid};

use super::gate_directory::{create_unnamed, give_name};

const OWNER: u32 = 0o600;
const GROUP: u32 = 0o060;
const OTHERS: u32 = 0o006;
const GROUP_READS: u32 = 0o040;
const GROUP_WRITES: u32 = 0o020;
const OTHERS_READ: u32 = 0o004;
const OTHERS_WRITE: u32 = 0o002;

/// Whether this process uses the file as the gate file of the lock file. It must be empty and have
/// one name only, so that it is not another user's data under a second name.
pub(crate) fn is_trusted(gate: &Metadata, lock: &Metadata) -> bool {
    is_plain(gate) && (gate.uid() == geteuid().as_raw() || is_made_by_a_writer(gate, lock))
}

/// Whether every user who may lock the lock file can open the gate file and trusts it.
pub(crate) fn admits_all(gate: &Metadata, lock: &Metadata) -> bool {
    let all_read = gate.mode() & OTHERS_READ != 0;
    let group_reads = gate.gid() == lock.gid() && gate.mode() & GROUP_READS != 0;
    let owner = all_read || gate.uid() == lock.uid() || lock.uid() == 0;
    let group = all_read || group_reads || lock.mode() & GROUP == 0;
    let others = all_read || lock.mode() & OTHERS == 0;
    is_plain(gate) && is_made_by_a_writer(gate, lock) && owner && group && others
}

fn is_plain(gate: &Metadata) -> bool {
    gate.is_file() && gate.len() == 0 && gate.nlink() <= 1
}

fn is_made_by_a_writer(gate: &Metadata, lock: &Metadata) -> bool {
    [0, lock.uid()].contains(&gate.uid())
        || lock.mode() & OTHERS_WRITE != 0
        || lock.mode() & GROUP_WRITES != 0 && gate.gid() == lock.gid()
}

/// Whether other processes will trust a gate file that this process creates. The owner of a
/// read-only lock file counts as a writer, for the owner may make it writable.
pub(crate) fn may_create(lock: &Path, metadata: &Metadata) -> bool {
    let user = geteuid();
    let is_writable = faccessat(AT_FDCWD, lock, AccessFlags::W_OK, AtFlags::AT_EACCESS);
    // Root of a user namespace is not root to other processes, and may not write every file.
    user.as_raw() == metadata.uid()
        || is_writable.is_ok()
        || user.is_root() && is_writable == Err(Errno::EROFS)
}

/// Creates the gate file with the permissions of its lock file. It gets its name last, so no
/// process can open it before the permissions are set.
///
/// # Errors
/// Those of the system; `AlreadyExists` if another process has created it meanwhile.
pub(crate) fn create(path: &Path, lock: &Metadata) -> io::Result<File> {
    let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let file = create_unnamed(directory)?;
    // Where this is not allowed, `mode` chooses other permissions.
    let owner = geteuid().is_root().then(|| Uid::from_raw(lock.uid()));
    let _ = fchown(&file, owner, Some(Gid::from_raw(lock.gid())))
        .or_else(|_| fchown(&file, None, Some(Gid::from_raw(lock.gid()))));
    file.set_permissions(Permissions::from_mode(mode(&file.metadata()?, lock)))?;
    give_name(&file, path)?;
    Ok(file)
}

/// The permissions of a new gate file. If its group is not that of the lock file, the group gets
/// the rights of all others only.
fn mode(gate: &Metadata, lock: &Metadata) -> u32 {
    let others = lock.mode() & OTHERS;
    let group = if gate.gid() == lock.gid() { lock.mode() & GROUP } else { others << 3 };
    OWNER | group | others
}
