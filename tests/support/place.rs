//! What the tests have in common: the program, a folder, waiting for a fact.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::table;
use assert_cmd::Command as Checked;
use tempfile::TempDir;

pub const FASTEN: &str = env!("CARGO_BIN_EXE_fasten");

/// How long a fact may take to come true on a machine that has much to do; cron
/// alone needs up to a minute.
pub const LONG: Duration = Duration::from_secs(180);

/// fasten, run to its end and then checked.
pub fn fasten() -> Checked {
    let mut command = Checked::new(FASTEN);
    command.timeout(LONG);
    command
}

/// A folder with one lock file, which goes when this is dropped.
pub struct Place {
    folder: TempDir,
    pub lock: PathBuf,
}

impl Drop for Place {
    fn drop(&mut self) {
        table::gate_file::remove_gate_files(self.folder.path());
    }
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join("a.lock");
        fs::write(&lock, "").unwrap();
        Self { folder, lock }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the file of this name holds, as text.
    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }
}

/// A command that holds the lock of this place until its input ends.
pub fn hold(place: &Place, subcommand: &str) -> Child {
    let mut process = Command::new(FASTEN)
        .arg(subcommand)
        .arg(&place.lock)
        .args(["--", "sh", "-c", "echo here; read -r x"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdout.as_mut().unwrap().read_exact(&mut [0; 5]).unwrap();
    process
}

/// Ends its input, and waits until it has ended.
pub fn release(mut holder: Child) {
    drop(holder.stdin.take());
    holder.wait().unwrap();
}

/// Waits until it is so.
pub fn until(what: &str, mut so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < LONG, "never came true: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// Waits until the file is there and ends with a line end.
pub fn until_written(path: &Path) -> String {
    let mut text = String::new();
    until(&format!("{} is written", path.display()), || {
        text = fs::read_to_string(path).unwrap_or_default();
        text.ends_with('\n')
    });
    text
}

/// The lines of the kernel's table on this file, without their numbers.
pub fn locks_on(path: &Path) -> Vec<String> {
    table::lines(path)
}

/// Whether the process sleeps in the kernel for a lock on this file.
pub fn waits(pid: u32, path: &Path) -> bool {
    locks_on(path).iter().any(|line| line.contains("-> ") && line.contains(&format!(" {pid} ")))
}

/// Whether somebody else could have the lock at once.
pub fn is_free(path: &Path) -> bool {
    Command::new("flock").arg("-n").arg(path).arg("true").status().unwrap().success()
}

/// Sends a signal as another process would.
pub fn kill(signal: &str, pid: u32) {
    let sent = Command::new("kill").args([&format!("-{signal}"), &pid.to_string()]).status().unwrap();
    assert!(sent.success(), "kill -{signal} {pid}");
}

/// Runs something that is refused until it has named the holder: it does not where that takes too
/// long.
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

/// What it said on standard error.
pub fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
