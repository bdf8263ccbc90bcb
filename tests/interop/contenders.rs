//! Other programs that hold a lock or wait for it.

use super::tools::Tool;
use crate::support::fasteners::python_path;
use crate::support::ordered::Lock;
use crate::support::{HOLD, Program, Running, table, until};

const HOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/hold.py");

/// Starts another program: these words, the lock, a command.
pub fn start(lock: &Lock, words: &str, command: &str) -> Running {
    let words = words.replace("hold.py", HOLDER);
    let (program, words) = words.split_once(' ').unwrap_or((&words, ""));
    let program = Program::new(program).env("PYTHONPATH", python_path()).words(words);
    program.arg(&lock.path).args(["sh", "-c", command]).start()
}

/// Another program that has the lock, and its command's pid.
pub fn held(lock: &Lock, tool: &Tool) -> (Running, String) {
    let mut running = start(lock, tool.waits, HOLD);
    let pid = running.line();
    (running, pid)
}

/// Another program that waits for the lock.
pub fn waiting(lock: &Lock, tool: &Tool) -> Running {
    let mut running = start(lock, tool.waits, HOLD);
    if tool.polls {
        assert_eq!(running.line(), "waits", "{tool:?}");
    } else {
        until(&format!("{tool:?} waits"), || {
            lock.table().iter().any(|entry| entry.waits && entry.pid == running.pid)
        });
    }
    running
}

/// Waits until a process sleeps in the kernel for the lock or a gate of it.
pub fn until_one_waits(lock: &Lock) {
    until("one waits", || table::waiting(&lock.path) > 0);
}

/// Passes over what a polling program says until it is in, and lets it go.
pub fn goes_on(mut running: Running) {
    while running.line() == "waits" {}
    running.leave();
}
