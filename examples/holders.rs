//! A table of the locks on this machine, their holders and their waiters:
//! `cargo run --example holders`.
//!
//! It acquires nothing. Only root can read the descriptors of other users' processes; for others,
//! the path or the holder of such a lock is missing.

use std::io;
use std::io::Write;

use fasten::holders::{self, State};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{:<9}  {:<7}  {:<40}  HOLDER", "STATE", "WAITERS", "LOCK")?;
    for report in holders::all()? {
        let path = report.path.map_or("?".into(), |path| path.display().to_string());
        let state = match report.state {
            State::Exclusive => "exclusive",
            State::Shared => "shared",
            State::Free => "free",
            _ => "unknown",
        };
        let waiters = report.waiters.len();
        for holder in &report.holders {
            writeln!(out, "{state:<9}  {waiters:<7}  {path:<40}  {holder}")?;
        }
        if report.holders.is_empty() {
            writeln!(out, "{state:<9}  {waiters:<7}  {path:<40}  cannot be seen")?;
        }
    }
    Ok(())
}
