//! Where a symbolic link to a missing lock file leads.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

use super::error::Error;
use super::open_error::OpenError;
use super::open_failure::{could_not_open, not_created};

/// The missing file to which a symbolic link leads, perhaps through others. It is created by this
/// name, and not through the link, which another process may replace meanwhile.
///
/// # Errors
/// [`OpenError::ForeignLink`], or `ELOOP` for a chain without an end.
pub fn target_of(path: &Path) -> Result<PathBuf, Error> {
    const MOST_LINKS: usize = 40;
    let mut target = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(next) = fs::read_link(&target) else { return Ok(target) };
        let directory = match target.parent() {
            Some(directory) if !directory.as_os_str().is_empty() => directory,
            _ => Path::new("."),
        };
        if is_foreign(&target, directory) {
            return Err(could_not_open(path, OpenError::ForeignLink));
        }
        target = directory.join(next);
    }
    Err(not_created(path, io::Error::from_raw_os_error(libc::ELOOP)))
}

/// Whether another user may have made the link, so that this process creates a file of that user's
/// choice. Links of root are trusted.
fn is_foreign(link: &Path, directory: &Path) -> bool {
    let trusted = |owner: u32| owner == 0 || owner == geteuid().as_raw();
    let (Ok(link), Ok(directory)) = (link.symlink_metadata(), directory.metadata()) else { return false };
    let others_can_write = directory.mode() & 0o022 != 0 || !trusted(directory.uid());
    !trusted(link.uid()) && others_can_write
}
