//! A little language for "what happens in which order", between real processes.
//!
//! A process that is to hold says a line when it is in and stays until its input
//! ends. One that is to wait is started and then looked for in the kernel's own
//! table, at the very place where it is to sleep. So a test goes on when a thing
//! is so, and never because some time has passed.

use std::path::PathBuf;
use std::process::Output;

use super::gate_file::{INTENT, LANDING, PASSAGE, QUEUE};
use super::table::{Entry, Family, entries};
use super::{HOLD, Place, Running, fasten, until};

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
    pub place: Place,
    pub path: PathBuf,
}

impl Lock {
    pub fn new() -> Self {
        let place = Place::with(&["lock"]);
        Self { path: place.lock.clone(), place }
    }

    /// The same directory, with another path as the lock.
    pub fn at(mut self, path: PathBuf) -> Self {
        self.path = path;
        self
    }

    /// Starts fasten with these words before the lock, and this command.
    pub fn start(&self, how: &str, command: &[&str]) -> Running {
        Running::start(&self.words(how, command))
    }

    /// A holder, which stays.
    pub fn held(&self, how: &str) -> Running {
        let mut running = self.start(how, &["sh", "-c", HOLD]);
        running.line();
        running
    }

    /// One that wants to be in, and has come as far as this.
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
        let mut words = vec![fasten().to_owned()];
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
