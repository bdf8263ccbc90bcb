//! Which permission is missing to open a lock, and who can grant it.

use std::fs::{self, Metadata};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use fasten::holders::user_name;
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::unistd::{AccessFlags, faccessat, geteuid};

/// What to report of a path that cannot be reached, or of a file that may be neither read nor
/// written; `None` if no permission is missing.
pub(crate) fn denied(path: &Path) -> Option<String> {
    if let Some(directory) = first_closed(path) {
        let (name, found) = (directory.display(), fs::metadata(directory).ok()?);
        return Some(denial(&format!("the directory {name}"), &found, "search"));
    }
    let found = fs::metadata(path).ok()?;
    let is_closed = lacks(path, AccessFlags::R_OK) && lacks(path, AccessFlags::W_OK);
    is_closed.then(|| denial("it", &found, "read"))
}

/// What to report of a file that may be read or written, but not both; `None` if it may be both.
pub(crate) fn unwritable(path: &Path) -> Option<String> {
    let (unread, unwritten) = (lacks(path, AccessFlags::R_OK), lacks(path, AccessFlags::W_OK));
    let wanted = match (unread, unwritten) {
        (true, _) => "read",
        (_, true) => "write",
        _ => return None,
    };
    Some(denial("it", &fs::metadata(path).ok()?, wanted))
}

fn denial(what: &str, found: &Metadata, wanted: &str) -> String {
    let (owner, own) = (user_name(found.uid()), user_name(geteuid().as_raw()));
    let mode = found.permissions().mode() & 0o7777;
    format!(
        "permission denied; {what} belongs to {owner} (mode {mode:04o}): ask for {wanted} permission for {own}, or \
         choose another lock"
    )
}

/// The first directory on the way to a path that may not be searched.
fn first_closed(path: &Path) -> Option<&Path> {
    let mut above: Vec<&Path> = path.ancestors().skip(1).collect();
    above.reverse();
    above.into_iter().find(|directory| directory.is_dir() && lacks(directory, AccessFlags::X_OK))
}

fn lacks(path: &Path, permission: AccessFlags) -> bool {
    faccessat(AT_FDCWD, path, permission, AtFlags::AT_EACCESS) == Err(Errno::EACCES)
}
