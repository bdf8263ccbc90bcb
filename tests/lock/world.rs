//! Places where the holders of a lock cannot be seen: a file system that keeps locks in its server, no /proc, and the
//! portable side.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::Shell;
use crate::support::portable::portable;
use crate::support::{Place, Running, until};

/// Where nothing can be seen.
pub struct World {
    pub place: Place,
    /// Before each shell.
    pub enter: Vec<String>,
    /// The first line of each shell.
    begin: String,
    pub server: Option<Running>,
}

impl World {
    /// The locks of a file system live in its server.
    pub fn served() -> Self {
        let place = Place::with(&["lock"]);
        let (program, mount) = (place.path("served"), place.path("mount"));
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lock/served.c");
        let flags = Command::new("pkg-config").args(["--cflags", "--libs", "fuse3"]).output();
        let flags = flags.expect("this test needs pkg-config and libfuse3-dev (Debian packages)").stdout;
        let mut build = Command::new("gcc");
        build.arg("-o").args([&program, &source]);
        build.args(String::from_utf8(flags).unwrap().split_whitespace());
        assert!(build.status().unwrap().success());
        fs::create_dir(&mount).unwrap();
        let store = format!("STORE={}", place.path("").display());
        let words = ["unshare", "--mount", "env", &store, program.to_str().unwrap()];
        let mut words = words.map(str::to_owned).to_vec();
        words.extend([mount.to_str().unwrap(), "-f"].map(str::to_owned));
        let server = Running::start(&words);
        let mounts = PathBuf::from(format!("/proc/{}/mounts", server.pid));
        let mounted = format!(" {} fuse", mount.display());
        until("it is mounted", || fs::read_to_string(&mounts).is_ok_and(|all| all.contains(&mounted)));
        let enter = ["nsenter", "--mount", "--target", &server.pid.to_string()].map(str::to_owned).to_vec();
        Self { place, enter, begin: "cd mount".to_owned(), server: Some(server) }
    }

    pub fn without_proc() -> Self {
        let enter = ["unshare", "--mount"].map(str::to_owned).to_vec();
        Self { place: Place::with(&["lock"]), enter, begin: "umount --lazy /proc".to_owned(), server: None }
    }

    pub fn portable() -> Self {
        let begin = format!("PATH='{}':$PATH", portable().parent().unwrap().display());
        Self { place: Place::with(&["lock"]), enter: vec![], begin, server: None }
    }

    pub fn each() -> [Self; 3] {
        [Self::served(), Self::without_proc(), Self::portable()]
    }

    pub fn shell(&self) -> Shell {
        let mut shell = self.place.shell_in(&self.enter);
        shell.ends(&self.begin, 0);
        shell
    }

    /// How the lock is really held, once for each open file.
    pub fn held(&self) -> Vec<&'static str> {
        let table = match &self.server {
            None => self.place.table("lock"),
            Some(server) => locks_of(server.pid),
        };
        let held = table.iter().filter(|line| line.starts_with("FLOCK"));
        held.map(|line| if line.contains(" WRITE ") { "write" } else { "read" }).collect()
    }
}

/// The table has those of one process once.
pub fn locks_of(pid: u32) -> Vec<String> {
    let opened = fs::read_dir(format!("/proc/{pid}/fdinfo")).unwrap().map_while(Result::ok);
    let all = opened.filter_map(|file| fs::read_to_string(file.path()).ok()).collect::<String>();
    let locks = all.lines().filter_map(|line| line.strip_prefix("lock:")?.split_once(": "));
    locks.map(|(_, lock)| lock.to_owned()).collect()
}
