//! The home directory of the user that this process runs as, from the password database.
//!
//! `$HOME` is not asked: it is another one under cron(8), sudo(8) or a service, and two processes
//! with two directories would have two locks of one name.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use nix::unistd::{Uid, geteuid};

/// `None` if the database does not know the user.
pub(super) fn home_directory() -> Option<&'static Path> {
    static HOME: OnceLock<Option<PathBuf>> = OnceLock::new();
    HOME.get_or_init(|| of(geteuid()).filter(|home| home.is_absolute())).as_deref()
}

/// Read from /etc/passwd itself. getpwuid(3) of a static binary knows no other users, or crashes; see
/// ARCHITECTURE.md. A user from a directory service is known to getent(1), which is linked
/// dynamically.
#[cfg(all(target_os = "linux", not(fasten_portable)))]
fn of(user: Uid) -> Option<PathBuf> {
    let users = std::fs::read("/etc/passwd").unwrap_or_default();
    home_in(&users, user).or_else(|| home_in(&getent(user)?, user))
}

#[cfg(not(all(target_os = "linux", not(fasten_portable))))]
fn of(user: Uid) -> Option<PathBuf> {
    nix::unistd::User::from_uid(user).ok()?.map(|user| user.dir)
}

/// The line of the user, in the form of /etc/passwd.
#[cfg(all(target_os = "linux", not(fasten_portable)))]
fn getent(user: Uid) -> Option<Vec<u8>> {
    use std::io::Read;
    use std::process::{Command, Stdio};

    let mut getent = Command::new("getent");
    getent.args(["passwd", &user.to_string()]);
    getent.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut getent = getent.spawn().ok()?;
    let mut line = Vec::new();
    let read = getent.stdout.take()?.read_to_end(&mut line);
    // Its exit status says no more than the line. Where SIGCHLD is ignored, it is lost.
    let _ = getent.wait();
    read.ok().map(|_| line)
}

/// The home directory in the first line of the user. The fields are name, password, uid, gid,
/// comment, home and shell.
#[cfg(all(target_os = "linux", not(fasten_portable)))]
fn home_in(users: &[u8], user: Uid) -> Option<PathBuf> {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let user = user.to_string();
    users.split(|&byte| byte == b'\n').find_map(|line| {
        let mut fields = line.split(|&byte| byte == b':').skip(2);
        let is_theirs = fields.next() == Some(user.as_bytes());
        let home = fields.nth(2).filter(|_| is_theirs)?;
        Some(PathBuf::from(OsStr::from_bytes(home)))
    })
}
