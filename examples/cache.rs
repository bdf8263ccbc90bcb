//! A cache with many readers; a reader that finds it stale refreshes it:
//! `cargo run --example cache -- page.txt`.
//!
//! Readers hold the lock together. A reader that finds the cache stale upgrades its lock, so that
//! no other process can write between the check and the refresh. If two readers upgrade at the same
//! time, one of them fails with `Error::Deadlock`: it releases its lock, tries again, and finds the
//! cache fresh.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fasten::{Error, InterProcessReaderWriterLock, Wait};

const FRESH_FOR: Duration = Duration::from_secs(10);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cache = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: cache FILE")?);
    println!("{}", text(&cache)?);
    Ok(())
}

fn text(cache: &Path) -> Result<String, Box<dyn std::error::Error>> {
    let lock = InterProcessReaderWriterLock::new(cache.with_extension("lock"));
    loop {
        let guard = lock.read()?;
        if is_fresh(cache) {
            return Ok(fs::read_to_string(cache)?);
        }
        match guard.upgrade(Wait::forever()) {
            Ok(()) => fs::write(cache, format!("made by {}", std::process::id()))?,
            Err(Error::Deadlock { .. }) => {}
            Err(other) => return Err(other.into()),
        }
    }
}

fn is_fresh(cache: &Path) -> bool {
    let age = fs::metadata(cache).and_then(|found| found.modified()).map(|made| made.elapsed());
    age.is_ok_and(|age| age.is_ok_and(|age| age < FRESH_FOR))
}
