//! A folder in which the scripts run, with programs of the test's own.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::ordered::until;
use crate::support::running::Running;
use crate::support::table;

pub const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");

/// Says its parent's pid, and stays until its input ends or has a line.
pub const STAYS: &str = "echo in >>log; echo $PPID; read -r line; echo out >>log";

/// A folder, which goes when this is dropped.
pub struct Place(tempfile::TempDir);

impl Place {
    pub fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::create_dir(place.path("bin")).unwrap();
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Has the scripts find this instead of a program; `REAL` in it is the real one.
    pub fn replace(&self, program: &str, script: &str) {
        let real = format!("env PATH=/usr/bin:/bin {program}");
        let path = self.path("bin").join(program);
        write(&path, &format!("#!/bin/sh\n{}\n", script.replace("REAL", &real)));
    }

    /// The real one again.
    pub fn restore(&self, program: &str) {
        fs::remove_file(self.path("bin").join(program)).unwrap();
    }

    /// Starts words that stand for a script and its arguments, in this folder.
    pub fn start(&self, words: &[&str]) -> Running {
        let fasten = Path::new(env!("CARGO_BIN_EXE_fasten")).parent().unwrap().display();
        let path = format!("PATH={}:{fasten}:{EXAMPLES}:/usr/bin:/bin", self.path("bin").display());
        let env = ["env", "-C", self.0.path().to_str().unwrap(), &path];
        let words = env.iter().chain(words).map(|&word| word.to_owned());
        Running::start(&words.collect::<Vec<_>>())
    }

    /// Runs them to their end.
    pub fn run(&self, words: &[&str]) -> Output {
        self.start(words).finish()
    }

    /// The numbers that so many of them say, started all at once.
    pub fn numbers_of(&self, count: u32, words: &[&str]) -> BTreeSet<u32> {
        let all: Vec<_> = (0..count).map(|_| self.start(words)).collect();
        all.into_iter().map(|one| said(&one.finish()).0.trim().parse().unwrap()).collect()
    }

    /// How many sleep for this lock or a gate of it.
    pub fn waiting(&self, lock: &str) -> usize {
        table::waiting(&self.path(lock))
    }

    pub fn until_waiting(&self, lock: &str, count: usize) {
        until(&format!("{count} wait for {lock}"), || self.waiting(lock) == count);
    }

    /// Whether fasten says that nobody has this lock.
    pub fn is_free(&self, lock: &str) -> bool {
        self.run(&["fasten", "status", "-q", lock]).status.success()
    }
}

/// Has a shell write a program. If we did, a child that another test forks just
/// then would have the file open for writing too, and nobody could run it (ETXTBSY).
fn write(path: &Path, text: &str) {
    let written = Command::new("sh")
        .args(["-c", "printf %s \"$1\" >\"$0\" && chmod +x \"$0\""])
        .args([path.as_os_str(), text.as_ref()])
        .status();
    assert!(written.unwrap().success(), "{}", path.display());
}

pub fn send(signal: Signal, pid: u32) {
    kill(Pid::from_raw(pid.cast_signed()), signal).unwrap();
}

/// Kills a script, and waits until the process that was started for it has ended,
/// however much its children still do.
pub fn kill_script(running: &Running, script: u32) {
    send(Signal::SIGKILL, script);
    until("the script has ended", || {
        let stat = fs::read_to_string(format!("/proc/{}/stat", running.pid)).unwrap();
        stat.rsplit(") ").next().unwrap().starts_with('Z')
    });
}

/// Its output and what it complained of.
pub fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}
