//! Counts visits in a file, from many tasks at once: `cargo run --example tasks -- visits.txt 100`.
//!
//! The runtime is Tokio's; the lock is tied to none. A task holds the lock across an `await`, and
//! may be in another thread afterwards. If its time is up, the runtime drops the future, which
//! cancels the wait. Run the program several times at once: no visit is lost.

use std::error::Error;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fasten::InterProcessLock;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::timeout;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut words = std::env::args_os().skip(1);
    let file = PathBuf::from(words.next().ok_or("usage: tasks FILE [TASKS]")?);
    let tasks: usize = words.next().map_or(Ok(100), |word| word.to_string_lossy().parse())?;
    let lock = InterProcessLock::new(file.with_extension("lock"));

    let mut visits = JoinSet::new();
    for _ in 0..tasks {
        visits.spawn(visit(lock.clone(), file.clone()));
    }
    while let Some(visit) = visits.join_next().await {
        visit??;
    }
    println!("{tasks} visits counted");
    Ok(())
}

async fn visit(lock: InterProcessLock, file: PathBuf) -> Result<(), Failure> {
    let _guard = timeout(Duration::from_secs(60), lock.lock_async()).await??;
    spawn_blocking(move || add_one(&file)).await?
}

fn add_one(file: &Path) -> Result<(), Failure> {
    let visits: u64 = match fs::read_to_string(file) {
        Ok(text) => text.trim().parse()?,
        Err(error) if error.kind() == ErrorKind::NotFound => 0,
        Err(error) => return Err(error.into()),
    };
    Ok(fs::write(file, format!("{}\n", visits + 1))?)
}
