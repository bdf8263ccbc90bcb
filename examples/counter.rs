//! A counter in a file, shared by any number of processes: `cargo run --example counter --
//! hits.txt`.
//!
//! The lock is a file beside the counter. Run the program a hundred times at once, from a shell
//! loop: no hit is lost.

use std::error::Error;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use fasten::InterProcessLock;

fn main() -> Result<(), Box<dyn Error>> {
    let counter = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: counter FILE")?);
    let lock = InterProcessLock::new(counter.with_extension("lock"));

    let _guard = lock.lock()?;
    let hits: u64 = match fs::read_to_string(&counter) {
        Ok(text) => text.trim().parse()?,
        Err(error) if error.kind() == ErrorKind::NotFound => 0,
        Err(error) => return Err(error.into()),
    };
    fs::write(&counter, format!("{}\n", hits + 1))?;
    println!("{}", hits + 1);
    Ok(())
}
