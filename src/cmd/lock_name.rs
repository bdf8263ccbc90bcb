//! Locks with a name instead of a path: `name:NAME` belongs to the user, `machine:NAME` to all users
//! of the machine.
//!
//! Only here is a name made a path, and a path a name. The library and the kernel know paths only;
//! messages and `status` show the name.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::lock_directory::{self, MACHINE, NoDirectory, Purpose};
use super::option_values::{MACHINE_PREFIX, NAME_PREFIX, is_name};

/// Where a LOCK of the command line is.
#[derive(Debug)]
pub(crate) struct LockPlace {
    pub(crate) path: PathBuf,
    /// The permissions with which its file is created, whatever the umask is; `None` for a lock that
    /// was given as a path.
    pub(crate) permissions: Option<u32>,
}

impl LockPlace {
    /// Of a LOCK that the command line has accepted.
    pub(super) fn find(lock: &Path, purpose: Purpose) -> Result<Self, NoDirectory> {
        let in_directory = |directory: Result<PathBuf, NoDirectory>, name: &str, permissions| {
            let path = directory.map_err(|why| why.of(lock))?.join(name);
            Ok(Self { path, permissions: Some(permissions) })
        };
        match lock.to_str().and_then(Name::read) {
            Some(Name::Users(name)) => in_directory(lock_directory::for_user(purpose), name, 0o600),
            Some(Name::Machines(name)) => in_directory(lock_directory::for_machine(purpose), name, 0o666),
            None => Ok(Self { path: lock.to_owned(), permissions: None }),
        }
    }

    pub(crate) fn has_name(&self) -> bool {
        self.permissions.is_some()
    }
}

enum Name<'a> {
    Users(&'a str),
    Machines(&'a str),
}

impl<'a> Name<'a> {
    fn read(lock: &'a str) -> Option<Self> {
        let users = lock.strip_prefix(NAME_PREFIX).map(Self::Users);
        users.or_else(|| lock.strip_prefix(MACHINE_PREFIX).map(Self::Machines))
    }
}

/// The lock as messages show it: by its name, if it has one.
pub(crate) fn shown(path: &Path) -> Cow<'_, Path> {
    name_of(path).map_or(Cow::Borrowed(path), |name| Cow::Owned(name.into()))
}

/// The name of the lock at this path, as the user of this process has to give it.
pub(crate) fn name_of(path: &Path) -> Option<String> {
    let (directory, name) = (path.parent()?, path.file_name()?.to_str()?);
    // Every other path is spared a look at the password database.
    if directory.file_name() != Some(OsStr::new("fasten")) || !is_name(name) {
        return None;
    }
    if directory == Path::new(MACHINE) {
        return Some(format!("{MACHINE_PREFIX}{name}"));
    }
    is_of_user(directory).then(|| format!("{NAME_PREFIX}{name}"))
}

/// Whether this is the directory of the user's locks. A process that holds one shows it without the
/// links in its path.
fn is_of_user(directory: &Path) -> bool {
    static OWN: OnceLock<Vec<PathBuf>> = OnceLock::new();
    let own = OWN.get_or_init(|| {
        let own = lock_directory::of_user();
        let without_links = own.as_ref().and_then(|own| fs::canonicalize(own).ok());
        own.into_iter().chain(without_links).collect()
    });
    own.iter().any(|own| own == directory)
}
