//! What each process has for itself, and a forked child anew.
//!
//! A child is a copy of one thread: what the others were about to change or release stays as it was. So a child leaves
//! its parent's value alone, locked as it may be, and begins with one of its own behind it.

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

    /// That of this process.
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
