//! A value that each process has for itself, also after a fork.
//!
//! A forked child is a copy of one thread only. What other threads were changing or would have
//! released stays as it was, and their mutexes stay locked. So a child never touches its parent's
//! value. It starts with a new one, which it appends to a list: a process walks the list to the
//! value with its own number.

use std::sync::OnceLock;

use super::fork;

/// One value for each process.
#[derive(Debug)]
pub(crate) struct PerProcess<T>(OnceLock<Generation<T>>);

#[derive(Debug)]
struct Generation<T> {
    process: u32,
    value: T,
    child: OnceLock<Box<Generation<T>>>,
}

impl<T: Default> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// The value of this process.
    pub(crate) fn get(&self) -> &T {
        let process = fork::process();
        let mut link = self.0.get_or_init(|| Generation::new(process));
        while link.process != process {
            link = link.child.get_or_init(|| Box::new(Generation::new(process)));
        }
        &link.value
    }
}

impl<T: Default> Generation<T> {
    fn new(process: u32) -> Self {
        Self { process, value: T::default(), child: OnceLock::new() }
    }
}
