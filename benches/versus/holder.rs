//! A process that holds a lock for as long as a value lives, and a wait until others wait for it.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::programs::Programs;
use crate::table::waiting;
use crate::tools::Family;

pub struct Holder(Child);

impl Holder {
    /// The process is not an ancestor of the waiters: fasten refuses to wait for an ancestor.
    pub fn of(lock: &Path, family: Family, programs: &Programs) -> Self {
        let family = match family {
            Family::Flock => "flock",
            Family::Fcntl => "fcntl",
        };
        let mut command = Command::new(programs.path("hold"));
        Self::started(command.arg(family).arg(lock))
    }

    /// A command that holds a lock from its first output until its input ends.
    pub fn started(command: &mut Command) -> Self {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it can be started");
        let mut said = child.stdout.take().expect("a pipe");
        said.read_exact(&mut [0]).expect("it gets the lock");
        Self(child)
    }

    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Ends its input, and does not wait for its end.
    pub fn release(&mut self) {
        drop(self.0.stdin.take());
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.release();
        let _ = self.0.wait();
    }
}

/// Returns when this many processes wait for the lock, by the kernel's own table.
pub fn until_wait(lock: &Path, count: usize) {
    let start = Instant::now();
    while waiting(lock) < count {
        assert!(start.elapsed() < Duration::from_secs(120), "{count} never came to wait");
        thread::sleep(Duration::from_millis(1));
    }
}
