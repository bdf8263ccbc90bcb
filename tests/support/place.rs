//! A directory with lock files, which goes when this is dropped, and what runs in it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use super::gate_file::remove_gate_files;
use super::program::{HOLD, Program, complaint, fasten};
use super::running::Running;
use super::table;
use super::wait::until;

#[derive(Debug)]
pub struct Place {
    directory: TempDir,
    /// The first of its lock files.
    pub lock: PathBuf,
}

/// A waiter that is killed leaves the gate file to the next one, and here no next one comes.
impl Drop for Place {
    fn drop(&mut self) {
        remove_gate_files(self.directory.path());
    }
}

impl Place {
    pub fn new() -> Self {
        Self::with(&["a.lock"])
    }

    pub fn with(locks: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        locks.iter().for_each(|lock| fs::write(directory.path().join(lock), "").unwrap());
        let lock = directory.path().join(locks.first().unwrap_or(&"lock"));
        Self { directory, lock }
    }

    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.directory.path().join(name)
    }

    /// What the file of this name holds, as text.
    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// A program that runs in it, and finds fasten as `$FASTEN`.
    pub fn program(&self, program: impl AsRef<Path>) -> Program {
        Program::new(program.as_ref()).inside(self.directory()).env("FASTEN", fasten())
    }

    /// fasten, with the words between the blanks.
    pub fn fasten(&self, words: &str) -> Program {
        self.program(fasten()).words(words)
    }

    /// A script for sh(1).
    pub fn sh(&self, script: &str) -> Program {
        self.program("sh").args(["-c", script])
    }

    /// A script for bash(1).
    pub fn bash(&self, script: &str) -> Program {
        self.program("bash").args(["-c", script])
    }

    /// A script for python3(1).
    pub fn python(&self, script: &str) -> Program {
        self.program("python3").args(["-c", script])
    }

    /// fasten as an ordinary user, not let through as root would be, in a directory that everybody may enter.
    pub fn as_nobody(&self, words: &str) -> Program {
        let ids = "--reuid=65534 --regid=65534 --clear-groups --";
        self.program("setpriv").words(ids).arg(self.public_fasten()).words(words)
    }

    /// A fasten that all can run, whatever user owns the directory that it was built in. Another process makes the
    /// copy: were this one to write it, a child that is being started beside it would hold it open for writing.
    pub fn public_fasten(&self) -> PathBuf {
        let copy = self.path("fasten");
        if !copy.exists() {
            fs::set_permissions(self.directory(), Permissions::from_mode(0o755)).unwrap();
            Program::new("cp").args([Path::new(fasten()), &copy]).run();
        }
        copy
    }

    /// A command that holds the lock until its input ends.
    #[track_caller]
    pub fn hold(&self, how: &str) -> Running {
        let mut holder = self.fasten(how).arg(&self.lock).args(["--", "sh", "-c", HOLD]).start();
        holder.line();
        holder
    }

    /// A fasten of these words, which sleeps for the lock.
    #[track_caller]
    pub fn waiter(&self, words: &str) -> Running {
        let waiter = self.fasten(words).start();
        self.until_waits(waiter.pid);
        waiter
    }

    #[track_caller]
    pub fn until_waits(&self, pid: u32) {
        until("it waits", || waits(pid, &self.lock));
    }

    /// How many sleep for this lock or a gate of it.
    pub fn waiting(&self, lock: &str) -> usize {
        table::waiting(&self.path(lock))
    }

    #[track_caller]
    pub fn until_waiting(&self, lock: &str, count: usize) {
        until(&format!("{count} wait for {lock}"), || self.waiting(lock) == count);
    }

    /// Whether another process could have the lock at once.
    pub fn is_free(&self) -> bool {
        is_free(&self.lock)
    }
}

/// Whether the process sleeps in the kernel for a lock on this file.
pub fn waits(pid: u32, path: &Path) -> bool {
    table::lines(path).iter().any(|line| line.contains("-> ") && line.contains(&format!(" {pid} ")))
}

pub fn is_free(path: &Path) -> bool {
    Command::new("flock").arg("-n").arg(path).arg("true").status().unwrap().success()
}

/// Runs something that is refused until it has named the holder: it does not where that takes too
/// long.
#[track_caller]
pub fn refused_by_name(mut run: impl FnMut() -> Output) -> Output {
    let mut refused = run();
    until("the holder is named", || {
        let named = complaint(&refused).contains(": held by ");
        if !named {
            refused = run();
        }
        named
    });
    refused
}
