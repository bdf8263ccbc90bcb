//! Who waits, and whose turn it is.
//!
//! The rules of the three preferences are all here, as one function from "who holds and who waits" to "who goes next".
//! Phase-fair is the order of Brandenburg and Anderson, *Spin-based reader-writer synchronization for multiprocessor real-time
//! systems* (2010): when a writer leaves, all waiting readers go; when the last of those leaves, one writer goes.

use std::collections::VecDeque;
use std::mem;
use std::thread::ThreadId;

use super::preference::Preference;
use super::sync::Arc;
use super::waiter::Waiter;

/// What a thread wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Reader,
    Writer,
}

/// The threads that wait for one lock.
#[derive(Debug)]
pub struct Queue {
    readers: Vec<Arc<Waiter>>,
    writers: VecDeque<Arc<Waiter>>,
}

impl Queue {
    pub const fn new() -> Self {
        Self { readers: Vec::new(), writers: VecDeque::new() }
    }

    pub fn readers(&self) -> usize {
        self.readers.len()
    }

    pub fn writers(&self) -> usize {
        self.writers.len()
    }

    /// Whether this thread waits to write.
    pub fn is_pending_writer(&self, thread: ThreadId) -> bool {
        self.writers.iter().any(|waiter| waiter.thread() == thread)
    }

    pub fn push(&mut self, role: Role, waiter: Arc<Waiter>) {
        match role {
            Role::Reader => self.readers.push(waiter),
            Role::Writer => self.writers.push_back(waiter),
        }
    }

    /// Takes out a waiter that gives up: whether it was still there.
    pub fn remove(&mut self, role: Role, waiter: &Arc<Waiter>) -> bool {
        let before = self.readers() + self.writers();
        match role {
            Role::Reader => self.readers.retain(|other| !Arc::ptr_eq(other, waiter)),
            Role::Writer => self.writers.retain(|other| !Arc::ptr_eq(other, waiter)),
        }
        self.readers() + self.writers() < before
    }

    /// Who goes while no writer holds the lock: all waiting readers, the first writer, or nobody.
    pub fn turn(&self, preference: Preference, writer_left: bool, readers_hold: bool) -> Option<Role> {
        let readers_first = match preference {
            Preference::PhaseFair => writer_left,
            Preference::Reader => true,
            Preference::Writer => false,
        };
        let reader = (!self.readers.is_empty()).then_some(Role::Reader);
        let writer = (!self.writers.is_empty() && !readers_hold).then_some(Role::Writer);
        if readers_first || self.writers.is_empty() { reader.or(writer) } else { writer }
    }

    /// How many go at such a turn, and how many then are left.
    pub fn split(&self, turn: Role) -> (usize, usize) {
        match turn {
            Role::Reader => (self.readers(), self.writers()),
            Role::Writer => (1, self.readers() + self.writers() - 1),
        }
    }

    /// Takes out those who go at such a turn.
    pub fn take(&mut self, turn: Role) -> Vec<Arc<Waiter>> {
        match turn {
            Role::Reader => mem::take(&mut self.readers),
            Role::Writer => self.writers.pop_front().into_iter().collect(),
        }
    }
}
