//! The directories of the locks that have a name: where they are, how they are created, and why one is
//! not used.
//!
//! A directory is used only if no user but root and the lock's own could replace the files in it.
//! Otherwise another user could let two commands run at once.

use std::fmt;
use std::fs::{self, DirBuilder, File, Metadata, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use fasten::holders::user_name;
use nix::unistd::{Gid, Uid, fchown, geteuid};

use super::exit::{Code, is_system_failure};
use super::home_directory::home_directory;
use super::message::word;
use super::sys::umask::UmaskAside;

/// The locks of all users. It is empty after a boot.
pub(super) const MACHINE: &str =
    if cfg!(target_os = "linux") { "/run/lock/fasten" } else { "/var/run/fasten" };

/// The locks of one user, below the home directory.
const USER: [&str; 3] = [".local", "state", "fasten"];

const STICKY: u32 = 0o1000;
const OTHERS_WRITE: u32 = 0o022;

/// What a directory is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To look at its locks, which changes nothing.
    Look,
    /// To lock what is there.
    Open,
    /// To create locks in it, and the directory itself if it is missing.
    Create,
}

/// Why there is no directory for a lock, and what to do.
#[derive(Debug)]
pub(crate) struct NoDirectory {
    pub(super) code: Code,
    words: String,
}

impl NoDirectory {
    fn new(code: Code, words: String) -> Self {
        Self { code, words }
    }

    /// With the name of the lock.
    pub(super) fn of(self, lock: &Path) -> Self {
        Self { words: format!("{}: {}", lock.display(), self.words), ..self }
    }
}

impl fmt::Display for NoDirectory {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.words)
    }
}

impl std::error::Error for NoDirectory {}

/// Where the user's locks are, whether that exists or not; `None` for a user who has no home
/// directory.
pub(super) fn of_user() -> Option<PathBuf> {
    Some(USER.iter().fold(home_directory()?.to_owned(), |directory, name| directory.join(name)))
}

/// The directory of the user's locks, which no other user can write to.
pub(super) fn for_user(purpose: Purpose) -> Result<PathBuf, NoDirectory> {
    let (Some(home), Some(directory)) = (home_directory(), of_user()) else {
        let (user, remedy) = (geteuid(), "name the lock by a path");
        let words =
            format!("the home directory of uid {user} is unknown to /etc/passwd and getent(1); {remedy}");
        return Err(NoDirectory::new(Code::CannotCreate, words));
    };
    if purpose == Purpose::Create && !directory.exists() {
        if !home.exists() {
            let words =
                format!("the home directory {} does not exist; name the lock by a path", home.display());
            return Err(NoDirectory::new(Code::CannotCreate, words));
        }
        let mut at = home.to_owned();
        for name in USER {
            at.push(name);
            create(&at, 0o700).map_err(|error| {
                let remedy = "make the directory, or name the lock by a path";
                not_created(&directory, &error, remedy)
            })?;
        }
    }
    let Some(found) = examined(&directory, fs::metadata(&directory))? else { return Ok(directory) };
    let owner = Uid::from_raw(found.uid());
    if owner != geteuid() {
        let user = user_name(geteuid().as_raw());
        let remedy = format!("it must belong to {user}; have that changed, or name the lock by a path");
        return Err(not_trusted(&directory, &found, &remedy));
    }
    if found.mode() & OTHERS_WRITE != 0 {
        let remedy = format!("others can replace its files; run: chmod go-w {}", directory.display());
        return Err(not_trusted(&directory, &found, &remedy));
    }
    Ok(directory)
}

/// The directory of the locks that all users share. Others can create files in it, but cannot replace
/// those of other users.
pub(super) fn for_machine(purpose: Purpose) -> Result<PathBuf, NoDirectory> {
    let directory = PathBuf::from(MACHINE);
    if purpose == Purpose::Create && fs::symlink_metadata(&directory).is_err() {
        // Where that is missing, only root can create it.
        let _ = directory.parent().map(|parent| create(parent, 0o755));
        create(&directory, 0o1777).map_err(|error| {
            let remedy = format!("as root, run: install -d -m 1777 {MACHINE} (see FILES in fasten(1))");
            not_created(&directory, &error, &remedy)
        })?;
    }
    let Some(found) = examined(&directory, fs::symlink_metadata(&directory))? else { return Ok(directory) };
    let (owner, user) = (Uid::from_raw(found.uid()), geteuid());
    if !owner.is_root() && owner != user {
        // A user was first to use a lock of the machine. Root makes the directory one for all.
        if !user.is_root() || purpose != Purpose::Look && take_over(&directory).is_err() {
            let remedy = format!("its owner can replace the locks; as root, run: chown root: {MACHINE}");
            return Err(not_trusted(&directory, &found, &remedy));
        }
    } else if found.mode() & OTHERS_WRITE != 0 && found.mode() & STICKY == 0 {
        let remedy = format!("others can replace its files; as root, run: chmod 1777 {MACHINE}");
        return Err(not_trusted(&directory, &found, &remedy));
    }
    Ok(directory)
}

/// Creates a directory with exactly these permissions, unless it exists.
fn create(directory: &Path, permissions: u32) -> io::Result<()> {
    let _exactly = UmaskAside::new();
    match DirBuilder::new().mode(permissions).create(directory) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Gives another user's directory to root. A link in its place is not followed.
fn take_over(directory: &Path) -> io::Result<()> {
    let flags = libc::O_DIRECTORY | libc::O_NOFOLLOW;
    let opened = File::options().read(true).custom_flags(flags).open(directory)?;
    fchown(&opened, Some(Uid::from_raw(0)), Some(Gid::from_raw(0)))?;
    opened.set_permissions(Permissions::from_mode(0o1777))
}

/// What was found; `None` if it is missing.
fn examined(directory: &Path, found: io::Result<Metadata>) -> Result<Option<Metadata>, NoDirectory> {
    match found {
        Ok(found) if found.is_dir() => Ok(Some(found)),
        Ok(_) => {
            let words =
                format!("{} is not a directory; remove it, or name the lock by a path", directory.display());
            Err(NoDirectory::new(Code::CannotOpen, words))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let words = format!("{} cannot be examined: {}", directory.display(), word(&error));
            Err(NoDirectory::new(code(&error, Code::CannotOpen), words))
        }
    }
}

fn not_created(directory: &Path, error: &io::Error, remedy: &str) -> NoDirectory {
    let words = format!("its directory {} cannot be created: {}; {remedy}", directory.display(), word(error));
    NoDirectory::new(code(error, Code::CannotCreate), words)
}

fn not_trusted(directory: &Path, found: &Metadata, remedy: &str) -> NoDirectory {
    let (owner, mode) = (user_name(found.uid()), found.mode() & 0o7777);
    let words =
        format!("its directory {} belongs to {owner} (mode {mode:04o}): {remedy}", directory.display());
    NoDirectory::new(Code::CannotOpen, words)
}

fn code(error: &io::Error, otherwise: Code) -> Code {
    if is_system_failure(error) { Code::System } else { otherwise }
}
