//! A lock between threads, ported from Python's fasteners:
//! `cargo run --example from_python -- settings.txt`.
//!
//! ```python
//! class Settings:
//!     def __init__(self, path):
//!         self.path = path
//!         self._lock = fasteners.ReaderWriterLock()
//!
//!     @fasteners.read_locked
//!     def get(self, name): ...
//!
//!     @fasteners.write_locked
//!     def set(self, name, value): ...
//!
//!     @fasteners.write_locked
//!     def count(self, name):
//!         self.set(name, self.get(name, 0) + 1)
//! ```
//!
//! A decorator becomes a guard in the first line of the function. The lock is reentrant in both
//! languages, so `count` can call `get` and `set`. It is in memory, and excludes the threads of
//! this process only; values in memory would be safer in a `std::sync::RwLock`.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::thread;

use fasten::thread::{Preference, ReaderWriterLock};

struct Settings {
    path: PathBuf,
    lock: ReaderWriterLock,
}

impl Settings {
    fn new(path: PathBuf) -> Self {
        // In fasteners, writers go first; `ReaderWriterLock::new()` has them take turns.
        Self { path, lock: ReaderWriterLock::with_preference(Preference::Writer) }
    }

    fn get(&self, name: &str) -> io::Result<u64> {
        let _reading = self.lock.read();
        let settings = self.settings()?;
        Ok(settings.into_iter().find(|(known, _)| known == name).map_or(0, |(_, value)| value))
    }

    fn set(&self, name: &str, value: u64) -> io::Result<()> {
        // `?` makes an `io::Error` of a `LockError`: a thread that reads must not ask to write.
        let _writing = self.lock.write()?;
        let mut settings = self.settings()?;
        settings.retain(|(known, _)| known != name);
        settings.push((name.to_owned(), value));
        let lines: Vec<String> = settings.iter().map(|(name, value)| format!("{name} = {value}\n")).collect();
        fs::write(&self.path, lines.concat())
    }

    fn count(&self, name: &str) -> io::Result<()> {
        let _writing = self.lock.write()?;
        self.set(name, self.get(name)? + 1)
    }

    /// The caller holds the lock.
    fn settings(&self) -> io::Result<Vec<(String, u64)>> {
        let text = match fs::read_to_string(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            read => read?,
        };
        let line = |line: &str| {
            line.split_once(" = ").and_then(|(name, value)| Some((name.to_owned(), value.parse().ok()?)))
        };
        text.lines().map(|text| line(text).ok_or(io::ErrorKind::InvalidData.into())).collect()
    }
}

fn main() -> io::Result<()> {
    let path = std::env::args_os().nth(1).ok_or(io::Error::other("usage: from_python FILE"))?;
    let settings = Settings::new(path.into());
    thread::scope(|scope| {
        let count = || (0..100).try_for_each(|_| settings.count("hits"));
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(count)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().expect("it does not panic"))
    })?;
    println!("{}", settings.get("hits")?);
    Ok(())
}
