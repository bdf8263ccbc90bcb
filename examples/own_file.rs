//! A log in a file that is locked itself, through the descriptor by which it is written:
//! `cargo run --example own_file -- log.csv`.
//!
//! The first process writes the heading; every process adds a line of two writes, with no line of
//! another process in between. There is no lock file, and the lock is that of `flock log.csv`.

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::process;

use fasten::{DescriptorLock, Wait};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: own_file FILE")?;
    let file = File::options().read(true).append(true).create(true).open(path)?;
    write_heading(&file)?;

    let mut file = locked(file)?;
    write!(file, "{},", process::id())?;
    writeln!(file, "{}", process::id())?;
    // The file is closed here, which releases the lock.
    Ok(())
}

/// A lock on a reference: the file can be used while the guard lives.
fn write_heading(mut file: &File) -> Result<(), Box<dyn Error>> {
    let mut lock = DescriptorLock::new(file);
    loop {
        let mut guard = lock.read()?;
        if file.metadata()?.len() > 0 {
            return Ok(());
        }
        match guard.upgrade(Wait::forever()) {
            Ok(()) => return Ok(file.write_all(b"pid,pid again\n")?),
            // Another reader upgrades, and waits until this guard is dropped.
            Err(fasten::Error::Deadlock { .. }) => {}
            Err(other) => return Err(other.into()),
        }
    }
}

/// A lock that owns the file, and gives it back locked: the lock is released when the file, with
/// all its duplicates, is closed.
fn locked(file: File) -> Result<File, fasten::Error> {
    let mut lock = DescriptorLock::new(file);
    lock.write()?.detach();
    Ok(lock.into_inner())
}
