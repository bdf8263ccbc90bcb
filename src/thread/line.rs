//! The slow paths of the lock: how threads wait in the queue, and how they are admitted.
//!
//! Everything here happens under the queue's mutex, and [`admit`](RawLock::admit) is the one place
//! that decides whose turn it is. It writes the decision to the word in one step, together with the
//! change that caused it: a writer that leaves is replaced by the next holders, which are woken
//! only then. So no other thread can get in between, and no thread is woken in vain.
//!
//! # Why no wake-up is lost
//!
//! A waiter enters the queue and calls `admit` in one critical section. In the modification order
//! of the word, a release comes either before or after that `admit`. If it comes before, `admit`
//! sees the lock as released and admits the waiter itself. If it comes after, it sees `QUEUED`,
//! which `admit` has set because the waiter is in the queue, and takes the slow path. So whenever
//! the lock is free and a thread is in the queue, the thread that released it last is on its way to
//! the mutex and will call `admit`.
//!
//! A waiter sets `QUEUED` even before it takes the mutex. That is for fairness and not needed for
//! the above: while the waiter waits for the mutex, no stream of other threads passes it outside
//! the queue (but for readers with `Preference::Reader`). Another thread may clear the bit, having
//! found the queue still empty; then threads may pass until the waiter's own `admit` sets it again.

use super::queue::{Admission, Queue, Role};
use super::raw::{QUEUED, READER, RawLock, Upgrade, WRITER};
use super::sync::{Arc, Instant, MutexGuard, Ordering};
use super::waiter::QueuedThread;

impl RawLock {
    #[cold]
    pub(super) fn acquire_slow(&self, role: Role, deadline: Option<Instant>) -> bool {
        self.wait_in_line(role, deadline, |_| ())
    }

    /// Waits in the queue until the thread is admitted. `false` after the deadline or a
    /// cancellation.
    pub(super) fn wait_in_line(
        &self,
        role: Role,
        deadline: Option<Instant>,
        on_wait: impl FnOnce(&Arc<QueuedThread>),
    ) -> bool {
        // Relaxed: it publishes nothing, and it sees and changes the latest word with any ordering.
        self.word.fetch_or(QUEUED, Ordering::Relaxed);
        let waiter = Arc::new(QueuedThread::new());
        let mut queue = self.queue();
        queue.push(role, Arc::clone(&waiter));
        // The lock may have been released since the fast path failed. Then this admits the caller
        // (or a waiter that goes first), and below it finds itself granted without sleeping.
        self.admit(queue, None);
        // Without the mutex, since this is the caller's code. The waiter may be granted already; a
        // cancellation then does nothing.
        on_wait(&waiter);
        waiter.wait(deadline) || !self.give_up(role, &waiter)
    }

    /// After a reader has left the word and at most one other reader remained.
    #[cold]
    pub(super) fn release_read_slow(&self) {
        self.admit(self.queue(), None);
    }

    /// While the word still holds the writer that leaves and keeps `keeps`.
    #[cold]
    pub(super) fn release_write_slow(&self, keeps: usize) {
        self.admit(self.queue(), Some(keeps));
    }

    /// Waits until the caller is the only reader, and then makes it the writer.
    #[cold]
    pub(super) fn upgrade_slow(
        &self,
        deadline: Option<Instant>,
        on_wait: impl FnOnce(&Arc<QueuedThread>),
    ) -> Upgrade {
        // As in `wait_in_line`: new readers stay out from now on.
        self.word.fetch_or(QUEUED, Ordering::Relaxed);
        let waiter = Arc::new(QueuedThread::new());
        let mut queue = self.queue();
        let alone = queue.push_upgrader(Arc::clone(&waiter));
        // Also when refused: it clears a QUEUED that stands for no waiter.
        self.admit(queue, None);
        if !alone {
            return Upgrade::Refused;
        }
        on_wait(&waiter);
        if waiter.wait(deadline) {
            return Upgrade::Done;
        }
        let mut queue = self.queue();
        // An upgrader that is still in the queue is the caller: had the caller been admitted, it
        // would be the writer, and without other readers there is none that could wait for an
        // upgrade.
        let gone = queue.remove_upgrader();
        // All others have waited for this upgrade, and may now go.
        self.admit(queue, None);
        if gone { Upgrade::GaveUp } else { Upgrade::Done }
    }

    /// Leaves the queue. `false` if the thread was not in it any more: then it has the lock.
    ///
    /// In that case `admit` has taken the thread out under the mutex, after its `Acquire` and after
    /// the word said that the thread holds the lock. This thread takes the mutex later, so all of
    /// this happens before it returns, although its state may not yet say `Granted`.
    fn give_up(&self, role: Role, waiter: &Arc<QueuedThread>) -> bool {
        let mut queue = self.queue();
        let gone = queue.remove(role, waiter);
        // A writer that gives up no longer keeps the readers out that came after it.
        self.admit(queue, None);
        gone
    }

    /// Admits the threads whose turn it is, if any, and sets or clears `QUEUED`.
    ///
    /// `writer_keeps` is what a leaving writer keeps; it is `None` after any other change.
    fn admit(&self, mut queue: MutexGuard<'_, Queue>, writer_keeps: Option<usize>) {
        let mut word = self.word.load(Ordering::Relaxed);
        // The mutex protects the queue but not the word: readers leave and, without QUEUED, threads
        // come and go on their fast paths. So each new word needs a new decision.
        let admission = loop {
            let (after, admission) = self.decide(&queue, word, writer_keeps);
            // Release is for a writer that leaves. It publishes what the writer did to the threads
            // that acquire the lock on the fast path, without the mutex.
            //
            // Acquire is for the threads admitted here, which do not touch the word themselves. It
            // pairs with `release_read` of each earlier reader, also of one that has left the word
            // and not yet come to the mutex. What those readers did happens before this, this
            // before `grant` or `give_up` (by their mutexes), and that before the admitted thread
            // goes on. Without it, an admitted writer would be ordered after the thread that
            // admitted it only.
            match self.word.compare_exchange_weak(word, after, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => break admission,
                Err(now) => word = now,
            }
        };
        let admitted = admission.map_or_else(Vec::new, |admission| queue.take(admission));
        // The word counts them already, so they are woken without the mutex and need not wait for
        // it.
        drop(queue);
        for waiter in admitted {
            waiter.grant();
        }
    }

    /// Which threads are admitted, and the word after they are.
    fn decide(&self, queue: &Queue, word: usize, writer_keeps: Option<usize>) -> (usize, Option<Admission>) {
        // How the lock is held apart from those in the queue. A writer that leaves is taken out
        // here and not before, so that its end and its successors become visible in the same step.
        let held = match writer_keeps {
            Some(keeps) => word - WRITER + keeps,
            None => word,
        } & !QUEUED;
        let admission = match held {
            WRITER => None,
            _ => queue.admission(self.preference(), writer_keeps.is_some(), held / READER),
        };
        let (entering, left) = match admission {
            Some(admission) => queue.split(admission),
            None => (0, queue.waiting()),
        };
        let held = match admission {
            Some(Admission::Readers) => held + entering * READER,
            Some(Admission::Writer) => held + WRITER,
            // The upgrader is the one reader that `held` counts.
            Some(Admission::Upgrader) => held - READER + WRITER,
            None => held,
        };
        // Computed from the queue and not from the word. This clears the bit of a thread that has
        // set it and not yet come to the mutex; that thread will call `admit` itself.
        let queued = if left > 0 { QUEUED } else { 0 };
        (held + queued, admission)
    }
}
