//! A machine for one test, in which a line of a document runs exactly as it stands there, with its absolute paths: a
//! mount namespace puts directories of the test's own over `/tmp`, `/run`, `/usr/local/bin` and others.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::support::{Place, Program, fasten};

/// What is the test's own; `/mnt` becomes the place as a whole, and `/tmp` is last because the place is in it.
const OWN: [&str; 8] =
    ["run", "root", "srv", "usr/local/bin", "var/lib/apt", "var/lib/dpkg", "var/tmp", "tmp"];

/// Where the lines run.
const HOME: &str = "mnt/home";

const ENTER: &str = r#"
mount --bind "$PLACE" /mnt
cd /mnt/home
for directory in $OWN; do mount --bind "/mnt/$directory" "/$directory"; done
unset PLACE OWN
exec "$@"
"#;

pub struct Machine {
    pub place: Place,
}

impl Machine {
    pub fn new() -> Self {
        let place = Place::with(&[]);
        for directory in
            OWN.into_iter().chain(["home", "run/lock", "srv/data", "srv/shared", "var/lib/apt/lists"])
        {
            fs::create_dir_all(place.path(directory)).unwrap();
        }
        let machine = Self { place };
        // Another process makes the copy, so that no child that is started meanwhile has it open for writing.
        Program::new("cp").arg(fasten()).arg(machine.path("/usr/local/bin/fasten")).run();
        machine
    }

    /// Where a path of the machine lies for the test. A relative one is below the directory of the lines.
    pub fn path(&self, path: &str) -> PathBuf {
        let path = Path::new("/").join(HOME).join(path.replacen("/var/lock", "/run/lock", 1));
        let home = Path::new("/").join(HOME);
        match path.strip_prefix(home) {
            Ok(below) => self.place.path("home").join(below),
            Err(_) => self.place.path(path.strip_prefix("/").unwrap()),
        }
    }

    pub fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_default()
    }

    pub fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    /// Puts a program there. The text is written under another name, by another process: see `new`.
    pub fn write_program(&self, path: &str, text: &str) {
        let source = format!("{path}.source");
        self.write(&source, text);
        Program::new("cp").arg(self.path(&source)).arg(self.path(path)).run();
        fs::remove_file(self.path(&source)).unwrap();
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A program that stands in for another: a path, or a name that is found in PATH.
    pub fn stub(&self, name: &str, script: &str) {
        let path = if name.contains('/') { name.to_owned() } else { format!("/usr/local/bin/{name}") };
        self.write_program(&path, &format!("#!/bin/sh\n{script}\n"));
    }

    /// What runs inside, from the directory of the lines.
    pub fn run(&self, words: &[&str]) -> Program {
        self.place
            .program("unshare")
            .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
            .env("PLACE", self.place.directory())
            .env("OWN", OWN.join(" "))
            .without_env("TMPDIR")
            .args(["--mount", "--propagation", "private", "sh", "-euc", ENTER, "sh"])
            .args(words)
    }

    /// A step of CI, or what a user types: the shell stops at the first line that fails.
    pub fn sh(&self, script: &str) -> Program {
        self.run(&["sh", "-ec", script])
    }
}
