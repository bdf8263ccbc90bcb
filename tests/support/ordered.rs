//! A little language for "what happens in which order", between real processes.
//!
//! A process that is to hold says a line when it is in and stays until its input
//! ends. One that is to wait is started and then looked for in the kernel's own
//! table, at the very place where it is to sleep. So a test goes on when a thing
//! is so, and never because some time has passed.

use std::fs;
use std::path::PathBuf;
use std::process::Output;
use std::thread;
use std::time::{Duration, Instant};

use super::running::Running;
use super::table::gate_file::{INTENT, LANDING, PASSAGE, QUEUE, remove_gate_files};
use super::table::{Entry, Family, entries};

/// Says its pid when it is in, and stays until its input ends or has a line.
pub const HOLD: &str = "echo $$; read line; exit 0";

/// Far longer than anything takes: what has not come by then never comes.
pub const NEVER: Duration = Duration::from_secs(60);

/// Where one can wait.
#[derive(Debug, Clone, Copy)]
pub enum At {
    Queue,
    Passage,
    Intent,
    Main,
}

/// A lock file of the test's own.
pub struct Lock {
    pub folder: tempfile::TempDir,
    pub path: PathBuf,
}

/// A waiter that is killed leaves the gate file to the next one.
impl Drop for Lock {
    fn drop(&mut self) {
        remove_gate_files(self.folder.path());
    }
}

impl Lock {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        fs::write(&path, "").unwrap();
        Self { folder, path }
    }

    /// The same folder, with another path as the lock.
    pub fn at(mut self, path: PathBuf) -> Self {
        self.path = path;
        self
    }

    /// Starts fasten with these words before the lock, and this command.
    pub fn start(&self, how: &str, command: &[&str]) -> Running {
        Running::start(&self.words(how, command))
    }

    /// One who is in, and stays.
    pub fn held(&self, how: &str) -> Running {
        let mut running = self.start(how, &["sh", "-c", HOLD]);
        running.line();
        running
    }

    /// One who wants to be in, and has come as far as this.
    pub fn waiting(&self, how: &str, at: At) -> Running {
        let running = self.start(how, &["sh", "-c", HOLD]);
        self.until_waits(running.pid, at);
        running
    }

    /// Runs it to its end.
    pub fn run(&self, how: &str, command: &[&str]) -> Output {
        self.start(how, command).finish()
    }

    /// The exit code of a run that does nothing under the lock.
    pub fn code(&self, how: &str) -> Option<i32> {
        self.run(how, &["true"]).status.code()
    }

    pub fn words(&self, how: &str, command: &[&str]) -> Vec<String> {
        let mut words = vec![env!("CARGO_BIN_EXE_fasten").to_owned()];
        words.extend(how.split_whitespace().map(str::to_owned));
        words.extend([self.path.to_str().unwrap().to_owned(), "--".to_owned()]);
        words.extend(command.iter().map(|&word| word.to_owned()));
        words
    }

    /// All that holds and waits at this lock and its gates, in no particular order.
    pub fn table(&self) -> Vec<Entry> {
        entries(&self.path)
    }

    pub fn waits(&self, pid: u32, at: At) -> bool {
        let there = |entry: &Entry| match at {
            At::Main => entry.family == Family::Flock,
            At::Queue => entry.is_gate_from(QUEUE),
            At::Passage => entry.is_gate_from(PASSAGE),
            At::Intent => entry.family == Family::Posix && (INTENT..LANDING).contains(&entry.first),
        };
        self.table().iter().any(|entry| entry.waits && entry.pid == pid && there(entry))
    }

    /// Whether the process holds the gate at this byte.
    pub fn has_gate(&self, pid: u32, byte: u64) -> bool {
        self.table().iter().any(|entry| !entry.waits && entry.pid == pid && entry.covers(byte))
    }

    pub fn until_waits(&self, pid: u32, at: At) {
        until(&format!("{pid} waits at {at:?}: {:#?}", self.table()), || self.waits(pid, at));
    }
}

/// Waits until it is so.
pub fn until(what: &str, mut so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < NEVER, "never came true: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}
