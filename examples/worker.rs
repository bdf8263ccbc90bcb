//! A worker that waits for its turn and can be told to give up: `cargo run --example worker -- job.lock`.
//!
//! It waits in a thread of its own; Enter calls the waiting off. Hold the lock meanwhile with
//! `fasten exclusive job.lock -- sleep 60`.

use std::error::Error;
use std::io::stdin;
use std::thread;

use fasten::{CancelToken, InterProcessLock, Wait};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: worker LOCK")?;
    let lock = InterProcessLock::new(&path);
    let cancel = CancelToken::default();
    let rings = cancel.clone();
    thread::spawn(move || {
        let _ = stdin().read_line(&mut String::new());
        rings.cancel();
    });

    let waiting_for = |path: &std::path::Path| {
        eprintln!("waiting for {}; press Enter to give up", path.display());
    };
    match lock.lock_with(Wait::forever().cancel_on(&cancel).on_wait(&waiting_for)) {
        Ok(_guard) => println!("at work"),
        Err(fasten::Error::Cancelled { .. }) => println!("gave up"),
        Err(other) => return Err(other.into()),
    }
    Ok(())
}
