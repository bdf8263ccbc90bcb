//! Moves an amount from one account to another, each a file with a number:
//! `cargo run --example transfer -- ann.txt bob.txt 10`.
//!
//! Both files are locked together. `lock_all` acquires the locks in one order, whatever the order
//! of the requests, so two transfers in opposite directions cannot deadlock.

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fasten::{Guard, InterProcessLock, lock_all};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let [from, to, amount] = words.as_slice() else { return Err("usage: transfer FROM TO AMOUNT".into()) };
    let amount: u64 = amount.to_string_lossy().parse()?;
    let (from, to) = (Account::new(from), Account::new(to));

    let guards = lock_all([&from.lock, &to.lock], Duration::from_secs(60))?;
    // If FROM and TO are one file, both paths lead to the same guard.
    let from_guard = guards.get(from.lock.path()).ok_or("its lock was requested")?;
    let to_guard = guards.get(to.lock.path()).ok_or("its lock was requested")?;
    let left = from.balance(from_guard)?.checked_sub(amount).ok_or("the account has less than that")?;
    from.set(from_guard, left)?;
    to.set(to_guard, to.balance(to_guard)? + amount)?;
    println!("{left} left");
    Ok(())
}

struct Account {
    file: PathBuf,
    lock: InterProcessLock,
}

/// Each function takes the guard of the account's lock, to show that the lock is held.
impl Account {
    fn new(file: impl AsRef<Path>) -> Self {
        let file = file.as_ref().to_owned();
        let lock = InterProcessLock::new(file.with_extension("lock"));
        Self { file, lock }
    }

    fn balance(&self, _held: &Guard) -> Result<u64, Box<dyn Error>> {
        Ok(fs::read_to_string(&self.file)?.trim().parse()?)
    }

    fn set(&self, _held: &Guard, balance: u64) -> Result<(), Box<dyn Error>> {
        Ok(fs::write(&self.file, format!("{balance}\n"))?)
    }
}
