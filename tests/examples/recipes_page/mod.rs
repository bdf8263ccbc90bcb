//! docs/recipes.md: each recipe does what the page says of it. That each line runs at all is seen by `every_line`.

mod agents;
mod ansible;
mod apt;
mod block_device;
mod container;
mod gpus;
mod old_lines;
mod parallel_make;
mod pipelines;
mod service;
mod time_limit;

use super::documents::block;
use super::machine::Machine;
use crate::support::{HOLD, Running, report, until};

const PAGE: &str = "docs/recipes.md";

/// The one block of the page that has these words.
fn recipe(words: &str) -> String {
    block(PAGE, words)
}

/// Says that it is in, and stays until it may go, or the machine is gone.
const STAYS: &str = "echo in >>log; until [ -e go ] || [ ! -e log ]; do sleep 0.02; done; echo out >>log";

/// How often this line is in the log.
fn logged(machine: &Machine, line: &str) -> usize {
    machine.text("log").lines().filter(|one| *one == line).count()
}

fn until_logged(machine: &Machine, line: &str, count: usize) {
    until(&format!("{count} times {line}"), || logged(machine, line) == count);
}

/// The file of a lock with a name that all users share.
fn file_of(name: &str) -> String {
    format!("run/lock/fasten/{name}")
}

/// A command under this lock, which stays until its input ends.
fn holder(machine: &Machine, words: &str) -> Running {
    let fasten: Vec<&str> = words.split_whitespace().collect();
    let mut holder = machine.run(&[&["fasten"], &fasten[..], &["--", "sh", "-c", HOLD]].concat()).start();
    holder.line();
    holder
}

/// Until so many wait, as fasten itself sees them: one that waits for slots sleeps for each of them.
fn until_waiting(machine: &Machine, lock: &str, count: usize) {
    until(&format!("{count} wait for {lock}"), || {
        let status = report(&machine.run(&["fasten", "status", "--json", lock]).output());
        let status: serde_json::Value = serde_json::from_str(&status).unwrap();
        status["locks"][0]["waiters"].as_array().unwrap().len() == count
    });
}

fn is_free(machine: &Machine, lock: &str) -> bool {
    machine.run(&["fasten", "status", "-q", lock]).output().status.success()
}
