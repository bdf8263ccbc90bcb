//! A process that takes and releases one lock as it is told: this test program, run again.
//!
//! Each line that it is told is answered by one line, `took` or `dropped` or the error's kind, when it is done.

use std::env;
use std::fs;
use std::io::{self, BufRead, Write};
use std::path::Path;
use std::time::Duration;

use fasten::{
    Error, Guard, InterProcessLock, InterProcessReaderWriterLock, LockOptions, Nested, SharedGuard, Wait,
};

use crate::support::Running;
use crate::support::gate_file::gate_file;
use crate::support::ordered::Lock;
use crate::support::table::{Entry, entries};

/// Starts a player on this lock.
pub fn player(lock: &Lock) -> Player {
    let own = env::current_exe().unwrap();
    let words = [own.to_str().unwrap(), "--exact", "player::plays", "--ignored", "--nocapture"];
    let mut running = Running::start(&words);
    running.tell(lock.path.to_str().unwrap());
    while !running.line().ends_with("ready") {}
    Player { running }
}

pub struct Player {
    running: Running,
}

impl Player {
    pub fn pid(&self) -> u32 {
        self.running.pid
    }

    /// Has it do something, and waits for what comes of it.
    pub fn does(&mut self, what: &str) -> String {
        self.begins(what);
        self.answer()
    }

    pub fn begins(&mut self, what: &str) {
        self.running.tell(what);
    }

    pub fn answer(&mut self) -> String {
        self.running.line()
    }

    pub fn kill(self) {
        self.running.kill();
    }
}

/// Those at this file who wait in the kernel.
pub fn waiters(path: &Path) -> Vec<Entry> {
    entries(path).into_iter().filter(|entry| entry.waits).collect()
}

/// Nobody holds anything at this lock, or waits there, and no gate file is left.
pub fn is_left_alone(path: &Path) -> bool {
    entries(path).is_empty() && !gate_file(path).exists()
}

pub fn kind(error: &Error) -> &'static str {
    match error {
        Error::Busy { .. } => "busy",
        Error::TimedOut { .. } => "timed out",
        Error::Cancelled { .. } => "cancelled",
        Error::Deadlock { .. } => "would never end",
        _ => "failed",
    }
}

/// Adds one to the number in a file, in a way that loses some if two do it at once.
pub fn count(file: &Path) {
    let number: u64 = fs::read_to_string(file).unwrap().trim().parse().unwrap();
    fs::write(file, format!("{}\n", number + 1)).unwrap();
}

#[test]
#[ignore = "the other tests run it, in a process of its own"]
fn plays() {
    let mut lines = io::stdin().lock().lines().map_while(Result::ok);
    let path = lines.next().unwrap();
    // It is a child of the test, which holds the lock now and then and does not wait for it.
    let options = LockOptions::new().nested(Nested::Wait);
    let mutex = InterProcessLock::with_options(&path, options);
    let lock = InterProcessReaderWriterLock::with_options(&path, options);
    let prefers_writers = options.preference(fasten::Preference::Writer);
    let preferring = InterProcessReaderWriterLock::with_options(&path, prefers_writers);
    let mut held: Vec<Guard> = Vec::new();
    let mut shared: Vec<SharedGuard> = Vec::new();
    println!("\nready");
    for line in lines {
        let words: Vec<&str> = line.split(' ').collect();
        let waiting = match words.get(1) {
            None => Wait::forever(),
            Some(&"now") => Wait::never(),
            Some(time) => Wait::at_most(Duration::from_millis(time.parse().unwrap())),
        };
        let done = match words[0] {
            "lock" => mutex.lock_with(waiting).map(|guard| held.push(guard)),
            "read" => lock.read_with(waiting).map(|guard| held.push(guard)),
            "write" => lock.write_with(waiting).map(|guard| held.push(guard)),
            "prefer" => preferring.write_with(waiting).map(|guard| held.push(guard)),
            "upgrade" => held[0].upgrade(waiting),
            "downgrade" => held[0].downgrade(),
            "share" => {
                shared.extend(held.drain(..).map(|guard| guard.into_shared().unwrap()));
                Ok(())
            }
            "drop" => {
                held.clear();
                shared.clear();
                Ok(())
            }
            "count" => (0..words[1].parse().unwrap()).try_for_each(|_| {
                let _guard = mutex.lock()?;
                count(&Path::new(&path).with_extension("count"));
                Ok(())
            }),
            other => panic!("{other}?"),
        };
        println!("{}", done.map_or_else(|error| kind(&error), |()| "done"));
        io::stdout().flush().unwrap();
    }
}
