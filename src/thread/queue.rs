//! The waiting threads of one lock, and which of them are admitted next.
//!
//! The rules of the three preferences are all in one function, [`Queue::admission`]. Phase-fair is
//! the order of Brandenburg and Anderson, *Spin-based reader-writer synchronization for
//! multiprocessor real-time systems* (2010): when a writer leaves, all waiting readers are
//! admitted; when the last of those leaves, one writer is admitted.

use std::collections::VecDeque;
use std::mem;

use super::preference::Preference;
use super::sync::Arc;
use super::waiter::QueuedThread;

/// How a thread holds the lock or wants to hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Reader,
    Writer,
}

/// The waiting threads that are admitted next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// All waiting readers.
    Readers,
    /// The first writer.
    Writer,
    /// The reader that waits for its upgrade.
    Upgrader,
}

/// The threads that wait for one lock.
#[derive(Debug)]
pub struct Queue {
    /// All of them are admitted at once, so their order does not matter.
    readers: Vec<Arc<QueuedThread>>,
    /// In order of arrival.
    writers: VecDeque<Arc<QueuedThread>>,
    /// A reader that waits to become the writer. It still holds the lock to read.
    upgrader: Option<Arc<QueuedThread>>,
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

    pub fn push(&mut self, role: Role, waiter: Arc<QueuedThread>) {
        match role {
            Role::Reader => self.readers.push(waiter),
            Role::Writer => self.writers.push_back(waiter),
        }
    }

    /// Removes a waiter that gives up. `false` if it was no longer in the queue.
    pub fn remove(&mut self, role: Role, waiter: &Arc<QueuedThread>) -> bool {
        let before = self.readers() + self.writers();
        match role {
            Role::Reader => self.readers.retain(|other| !Arc::ptr_eq(other, waiter)),
            Role::Writer => self.writers.retain(|other| !Arc::ptr_eq(other, waiter)),
        }
        self.readers() + self.writers() < before
    }

    /// Adds a reader that waits to become the writer. `false`, and not added, if another one waits.
    pub fn push_upgrader(&mut self, waiter: Arc<QueuedThread>) -> bool {
        let alone = self.upgrader.is_none();
        if alone {
            self.upgrader = Some(waiter);
        }
        alone
    }

    /// Removes the reader that waits for its upgrade. `false` if there is none.
    pub fn remove_upgrader(&mut self) -> bool {
        self.upgrader.take().is_some()
    }

    /// Whether a reader waits to become the writer.
    pub fn has_upgrader(&self) -> bool {
        self.upgrader.is_some()
    }

    /// How many threads wait.
    pub fn waiting(&self) -> usize {
        self.readers() + self.writers() + usize::from(self.has_upgrader())
    }

    /// The threads that are admitted next while no writer holds the lock and `reading` threads
    /// read, if any.
    ///
    /// `writer_left` says that a writer has just left: then a phase-fair lock admits the readers.
    pub fn admission(&self, preference: Preference, writer_left: bool, reading: usize) -> Option<Admission> {
        // The upgrader goes before all others, as soon as it is the only reader left. Until then no
        // other thread is admitted: new readers would delay it without a bound, and a writer has to
        // wait for its read lock anyway.
        if self.has_upgrader() {
            return (reading == 1).then_some(Admission::Upgrader);
        }
        let readers_first = match preference {
            Preference::PhaseFair => writer_left,
            Preference::Reader => true,
            Preference::Writer => false,
        };
        // Readers may join the readers that hold the lock; a writer needs it free.
        let reader = (!self.readers.is_empty()).then_some(Admission::Readers);
        let writer = (!self.writers.is_empty() && reading == 0).then_some(Admission::Writer);
        // When readers do not go first, they are admitted only if no writer waits: otherwise they
        // wait for it, even while it cannot be admitted yet. The last reader that leaves will then
        // admit it.
        if readers_first || self.writers.is_empty() { reader.or(writer) } else { writer }
    }

    /// How many threads this admits, and how many then still wait.
    pub fn split(&self, admission: Admission) -> (usize, usize) {
        let entering = match admission {
            Admission::Readers => self.readers(),
            Admission::Writer | Admission::Upgrader => 1,
        };
        (entering, self.waiting() - entering)
    }

    /// Removes the threads that this admits.
    pub fn take(&mut self, admission: Admission) -> Vec<Arc<QueuedThread>> {
        match admission {
            Admission::Readers => mem::take(&mut self.readers),
            Admission::Writer => self.writers.pop_front().into_iter().collect(),
            Admission::Upgrader => self.upgrader.take().into_iter().collect(),
        }
    }
}
