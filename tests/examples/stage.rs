//! A directory in which the scripts run, with programs of the test's own.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::{Place, Running, complaint, fasten, report, send, until};

pub const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");

/// Says its parent's pid, and stays until its input ends or has a line.
pub const STAYS: &str = "echo in >>log; echo $PPID; read -r line; echo out >>log";

/// A place without a lock file: the scripts make theirs.
pub fn stage() -> Place {
    let place = Place::with(&[]);
    fs::create_dir(place.path("bin")).unwrap();
    place
}

impl Place {
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

    /// Starts words that stand for a script and its arguments, here.
    pub fn start(&self, words: &[&str]) -> Running {
        let fasten = Path::new(fasten()).parent().unwrap().display();
        let path = format!("PATH={}:{fasten}:{EXAMPLES}:/usr/bin:/bin", self.path("bin").display());
        self.program("env").arg(path).args(words).start()
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

    /// Whether fasten says that nobody has this lock.
    pub fn nobody_has(&self, lock: &str) -> bool {
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

/// Kills a script, and waits until the process that was started for it has ended,
/// however much its children still do.
pub fn kill_script(running: &Running, script: u32) {
    send("KILL", script);
    until("the script has ended", || {
        let stat = fs::read_to_string(format!("/proc/{}/stat", running.pid)).unwrap();
        stat.rsplit(") ").next().unwrap().starts_with('Z')
    });
}

/// Its output and what it complained of.
pub fn said(output: &Output) -> (String, String) {
    (report(output), complaint(output))
}
