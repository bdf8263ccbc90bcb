//! Waiting in line, and letting in those who wait.
//!
//! Everything here happens under the queue's mutex, and every decision is written to the word in one step together with the
//! change that caused it: a writer that leaves puts the next holders in its place before it wakes them. So nobody can slip in
//! between, nobody is woken in vain, and nobody is forgotten: whenever the lock is free and somebody waits, the last reader
//! has left and is on its way to the mutex.
//!
//! Whoever comes to wait marks the word even before the mutex, so that from then on nobody else gets by without it.

use super::queue::{Queue, Role, Turn};
use super::raw::{QUEUED, READER, RawLock, Upgrade, WRITER};
use super::sync::{Arc, Instant, MutexGuard, Ordering};
use super::waiter::Waiter;

impl RawLock {
    #[cold]
    pub(super) fn wait_in_line(&self, role: Role, deadline: Option<Instant>) -> bool {
        self.wait_in_line_told(role, deadline, |_| ())
    }

    pub(super) fn wait_in_line_told(
        &self,
        role: Role,
        deadline: Option<Instant>,
        told: impl FnOnce(&Arc<Waiter>),
    ) -> bool {
        self.word.fetch_or(QUEUED, Ordering::Relaxed);
        let waiter = Arc::new(Waiter::new());
        let mut queue = self.queue();
        queue.push(role, Arc::clone(&waiter));
        self.let_in(queue, None);
        told(&waiter);
        waiter.wait(deadline) || !self.give_up(role, &waiter)
    }

    #[cold]
    pub(super) fn reader_left(&self) {
        self.let_in(self.queue(), None);
    }

    #[cold]
    pub(super) fn writer_leaves(&self, keeps: usize) {
        self.let_in(self.queue(), Some(keeps));
    }

    /// From reader to writer, and waits for the other readers to leave at most until the deadline.
    #[cold]
    pub(super) fn upgrade_in_line(
        &self,
        deadline: Option<Instant>,
        told: impl FnOnce(&Arc<Waiter>),
    ) -> Upgrade {
        self.word.fetch_or(QUEUED, Ordering::Relaxed);
        let waiter = Arc::new(Waiter::new());
        let mut queue = self.queue();
        let alone = queue.push_upgrader(Arc::clone(&waiter));
        self.let_in(queue, None);
        if !alone {
            return Upgrade::Refused;
        }
        told(&waiter);
        if waiter.wait(deadline) {
            return Upgrade::Done;
        }
        let mut queue = self.queue();
        let gone = queue.remove_upgrader();
        self.let_in(queue, None);
        if gone { Upgrade::GaveUp } else { Upgrade::Done }
    }

    /// Whether the waiter was still in line, and now is gone. If it was not, it has the lock.
    fn give_up(&self, role: Role, waiter: &Arc<Waiter>) -> bool {
        let mut queue = self.queue();
        let gone = queue.remove(role, waiter);
        self.let_in(queue, None);
        gone
    }

    /// Lets in those whose turn it is, after a writer left (and what it keeps) or after another change.
    fn let_in(&self, mut queue: MutexGuard<'_, Queue>, writer_keeps: Option<usize>) {
        let mut word = self.word.load(Ordering::Relaxed);
        let turn = loop {
            let (after, turn) = self.decide(&queue, word, writer_keeps);
            match self.word.compare_exchange_weak(word, after, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => break turn,
                Err(now) => word = now,
            }
        };
        let entering = turn.map_or_else(Vec::new, |turn| queue.take(turn));
        drop(queue);
        for waiter in entering {
            waiter.grant();
        }
    }

    /// Whose turn it is, and what the word is when they are in.
    fn decide(&self, queue: &Queue, word: usize, writer_keeps: Option<usize>) -> (usize, Option<Turn>) {
        let held = match writer_keeps {
            Some(keeps) => word - WRITER + keeps,
            None => word,
        } & !QUEUED;
        let turn = match held {
            WRITER => None,
            _ => queue.turn(self.preference(), writer_keeps.is_some(), held / READER),
        };
        let (entering, left) = match turn {
            Some(turn) => queue.split(turn),
            None => (0, queue.waiting()),
        };
        let held = match turn {
            Some(Turn::Readers) => held + entering * READER,
            Some(Turn::Writer) => held + WRITER,
            Some(Turn::Upgrader) => held - READER + WRITER,
            None => held,
        };
        let queued = if left > 0 { QUEUED } else { 0 };
        (held + queued, turn)
    }
}
