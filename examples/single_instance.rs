//! A program that runs once at a time; a second one says which process runs:
//! `cargo run --example single_instance -- app.lock`.
//!
//! The first instance keeps its guard until it ends, so the lock says whether an instance runs: the
//! kernel releases it even if the instance is killed. The file itself says nothing, and stays.

use std::error::Error;
use std::io::stdin;
use std::process::ExitCode;

use fasten::InterProcessLock;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: single_instance LOCK")?;
    let lock = InterProcessLock::new(path);
    // `let _ =` would release the lock at once; `_guard` keeps it until the end of `main`.
    let _guard = match lock.try_lock() {
        Ok(guard) => guard,
        Err(error) if error.is_busy() => {
            report_holders(&lock)?;
            return Ok(ExitCode::FAILURE);
        }
        Err(error) => return Err(error.into()),
    };
    println!("running; press Enter to end");
    stdin().read_line(&mut String::new())?;
    Ok(ExitCode::SUCCESS)
}

/// The other instance may have ended since `try_lock`; then there is no holder to name.
fn report_holders(lock: &InterProcessLock) -> std::io::Result<()> {
    let holders = lock.holders()?.holders;
    if holders.is_empty() {
        eprintln!("another instance was running until just now");
    }
    for holder in holders {
        eprintln!("already running: {holder}");
    }
    Ok(())
}
