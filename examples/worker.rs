//! A worker that waits for a lock for five seconds, or until Ctrl-C:
//! `cargo run --example worker -- job.lock`.
//!
//! One token is enough for every wait of the program: a cancelled token ends the waits that begin
//! later, too. Hold the lock meanwhile with `fasten exclusive job.lock -- sleep 60`.

use std::error::Error;
use std::io::stdin;
use std::path::Path;
use std::time::Duration;

use fasten::{CancelToken, InterProcessLock, Wait};

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args_os().skip(1);
    let path = words.next().ok_or("usage: worker LOCK [SECONDS]")?;
    let seconds = words.next().map_or(Ok(5), |word| word.to_string_lossy().parse())?;
    let patience = Duration::from_secs(seconds);

    // The crate ctrlc calls this in a thread of its own, where all code is allowed.
    let cancel = CancelToken::new();
    let on_ctrl_c = cancel.clone();
    ctrlc::set_handler(move || on_ctrl_c.cancel())?;

    let lock = InterProcessLock::new(path);
    let on_wait = |path: &Path| eprintln!("waiting for {}; press Ctrl-C to give up", path.display());
    let wait = Wait::at_most(patience).cancel_on(&cancel).on_wait(&on_wait);
    match lock.lock_with(wait) {
        Ok(_guard) => work(&cancel)?,
        Err(error) if error.is_cancelled() => println!("gave up"),
        Err(error) if error.is_timed_out() => println!("no turn within {patience:?}"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// A token that was cancelled beforehand does not keep a call from a lock that is free, so the work
/// asks the token itself.
fn work(cancel: &CancelToken) -> Result<(), Box<dyn Error>> {
    if cancel.is_cancelled() {
        println!("gave up");
        return Ok(());
    }
    println!("at work; press Enter to end");
    stdin().read_line(&mut String::new())?;
    Ok(())
}
