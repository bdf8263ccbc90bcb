//! A worker that waits for a lock until the user cancels the wait:
//! `cargo run --example worker -- job.lock`.
//!
//! The main thread waits for the lock; a second thread reads the terminal, and Enter cancels the
//! wait. Hold the lock meanwhile with `fasten exclusive job.lock -- sleep 60`.

use std::error::Error;
use std::io::stdin;
use std::thread;

use fasten::{CancelToken, InterProcessLock, Wait};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: worker LOCK")?;
    let lock = InterProcessLock::new(&path);
    let cancel = CancelToken::default();
    let on_enter = cancel.clone();
    thread::spawn(move || {
        let _ = stdin().read_line(&mut String::new());
        on_enter.cancel();
    });

    let on_wait = |path: &std::path::Path| {
        eprintln!("waiting for {}; press Enter to give up", path.display());
    };
    match lock.lock_with(Wait::forever().cancel_on(&cancel).on_wait(&on_wait)) {
        Ok(_guard) => println!("at work"),
        Err(fasten::Error::Cancelled { .. }) => println!("gave up"),
        Err(other) => return Err(other.into()),
    }
    Ok(())
}
