//! A machine of a test's own, with users, their homes and `/run/lock`: nothing of the real one is
//! touched.

use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::PathBuf;

use crate::support::{HOLD, Place, Program, Running};

pub const ANN: u32 = 1001;
pub const BOB: u32 = 1002;
/// Not in /etc/passwd.
pub const STRANGER: u32 = 1003;

/// The first word is the user's number. The home of a user is known from /etc/passwd alone.
const ENTER: &str = r#"
mount --bind passwd /etc/passwd
mount --bind lock /run/lock
user=$1; shift
exec setpriv --reuid=$user --regid=$user --clear-groups -- "$@"
"#;

pub struct Machine {
    pub place: Place,
}

impl Machine {
    pub fn new() -> Self {
        let machine = Self { place: Place::with(&[]) };
        machine.place.public_fasten();
        let mut passwd = String::new();
        for (user, name) in [(0, "root"), (ANN, "ann"), (BOB, "bob")] {
            let home = machine.home(user);
            writeln!(passwd, "{name}:x:{user}:{user}:{name}:{}:/bin/sh", home.display()).unwrap();
            fs::create_dir_all(&home).unwrap();
            chown(&home, Some(user), Some(user)).unwrap();
        }
        machine.place.write("passwd", &passwd);
        fs::create_dir(machine.path("lock")).unwrap();
        machine.permit("lock", 0o1777);
        machine
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.place.path(name)
    }

    pub fn home(&self, user: u32) -> PathBuf {
        self.path(&format!("home/{user}"))
    }

    /// The directory of a user's locks.
    pub fn locks_of(&self, user: u32) -> PathBuf {
        self.home(user).join(".local/state/fasten")
    }

    pub fn permit(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), Permissions::from_mode(mode)).unwrap();
    }

    pub fn mode(&self, name: &str) -> u32 {
        fs::symlink_metadata(self.path(name)).unwrap().permissions().mode() & 0o7777
    }

    /// What runs there as a user.
    pub fn run(&self, user: u32, words: &[&str]) -> Program {
        let unshare = self.place.program("unshare").env("FASTEN", self.path("fasten"));
        unshare.args(["--mount", "sh", "-euc", ENTER, "sh", &user.to_string()]).args(words)
    }

    pub fn sh(&self, user: u32, script: &str) -> Program {
        self.run(user, &["sh", "-euc", script])
    }

    /// fasten, with the words between the blanks.
    pub fn fasten(&self, user: u32, words: &str) -> Program {
        let fasten = self.path("fasten");
        self.run(user, &[fasten.to_str().unwrap()]).words(words)
    }

    /// fasten with a command that holds the lock until its input ends.
    pub fn hold(&self, user: u32, words: &str) -> Running {
        let mut holder = self.fasten(user, words).args(["--", "sh", "-c", HOLD]).start();
        holder.line();
        holder
    }

    /// The user's own directory of locks, with one lock in it.
    pub fn with_locks_of(&self, user: u32) -> PathBuf {
        self.fasten(user, "exclusive name:x -- true").run();
        self.locks_of(user)
    }
}
