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

/// Who goes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// All readers that wait.
    Readers,
    /// The first writer.
    Writer,
    /// The reader that is to become the writer.
    Upgrader,
}

/// The threads that wait for one lock.
#[derive(Debug)]
pub struct Queue {
    readers: Vec<Arc<Waiter>>,
    writers: VecDeque<Arc<Waiter>>,
    upgrader: Option<Arc<Waiter>>,
}

impl Queue {
    pub const fn new() -> Self {
        Self { readers: Vec::new(), writers: VecDeque::new(), upgrader: None }
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

    /// A reader waits to become the writer: refused if another one does.
    pub fn push_upgrader(&mut self, waiter: Arc<Waiter>) -> bool {
        let alone = self.upgrader.is_none();
        if alone {
            self.upgrader = Some(waiter);
        }
        alone
    }

    /// Takes out the reader that was to become the writer: whether it was still there.
    pub fn remove_upgrader(&mut self) -> bool {
        self.upgrader.take().is_some()
    }

    /// Whether a reader waits to become the writer.
    pub fn has_upgrader(&self) -> bool {
        self.upgrader.is_some()
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.readers() + self.writers() + usize::from(self.has_upgrader())
    }

    /// Who goes while no writer holds the lock: all waiting readers, the first writer, or nobody. One who reads and is to
    /// write waits for the others who read and for nobody else.
    pub fn turn(&self, preference: Preference, writer_left: bool, reading: usize) -> Option<Turn> {
        if self.has_upgrader() {
            return (reading == 1).then_some(Turn::Upgrader);
        }
        let readers_first = match preference {
            Preference::PhaseFair => writer_left,
            Preference::Reader => true,
            Preference::Writer => false,
        };
        let reader = (!self.readers.is_empty()).then_some(Turn::Readers);
        let writer = (!self.writers.is_empty() && reading == 0).then_some(Turn::Writer);
        if readers_first || self.writers.is_empty() { reader.or(writer) } else { writer }
    }

    /// How many go at such a turn, and how many then are left.
    pub fn split(&self, turn: Turn) -> (usize, usize) {
        let entering = match turn {
            Turn::Readers => self.readers(),
            Turn::Writer | Turn::Upgrader => 1,
        };
        (entering, self.waiting() - entering)
    }

    /// Takes out those who go at such a turn.
    pub fn take(&mut self, turn: Turn) -> Vec<Arc<Waiter>> {
        match turn {
            Turn::Readers => mem::take(&mut self.readers),
            Turn::Writer => self.writers.pop_front().into_iter().collect(),
            Turn::Upgrader => self.upgrader.take().into_iter().collect(),
        }
    }
}
