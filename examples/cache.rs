//! A cache with many readers, the threads of any number of processes; a reader that finds it stale
//! refreshes it: `cargo run --example cache -- page.txt 4`, with four threads.
//!
//! Readers hold the lock together. A reader that finds the cache stale upgrades its lock, so that
//! no other thread or process can write between the check and the refresh. If two readers upgrade
//! at the same time, one of them fails with `Error::Deadlock`: it releases its lock, tries again,
//! and finds the cache fresh.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::thread;
use std::time::Duration;

use fasten::{InterProcessReaderWriterLock, Wait};

const FRESH_FOR: Duration = Duration::from_secs(60);

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let mut words = std::env::args_os().skip(1);
    let cache = PathBuf::from(words.next().ok_or("usage: cache FILE [THREADS]")?);
    let count: u32 = words.next().map_or(Ok(1), |word| word.to_string_lossy().parse())?;
    // One lock object for all threads; each thread gets guards of its own.
    let lock = InterProcessReaderWriterLock::new(cache.with_extension("lock"));
    thread::scope(|scope| {
        let readers: Vec<_> = (0..count).map(|_| scope.spawn(|| text(&lock, &cache))).collect();
        for reader in readers {
            println!("{}", reader.join().expect("it does not panic")?);
        }
        Ok(())
    })
}

fn text(lock: &InterProcessReaderWriterLock, cache: &Path) -> Result<String, Failure> {
    loop {
        let guard = lock.read()?;
        if is_fresh(cache) {
            return Ok(fs::read_to_string(cache)?);
        }
        match guard.upgrade(Wait::forever()) {
            Ok(()) => fs::write(cache, format!("made by {}", process::id()))?,
            Err(fasten::Error::Deadlock { .. }) => {}
            Err(other) => return Err(other.into()),
        }
        // The guard is dropped here, so the other reader that upgrades can go on.
    }
}

fn is_fresh(cache: &Path) -> bool {
    let age = fs::metadata(cache).and_then(|found| found.modified()).map(|made| made.elapsed());
    age.is_ok_and(|age| age.is_ok_and(|age| age < FRESH_FOR))
}
