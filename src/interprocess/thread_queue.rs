//! The queue in which the threads of one process wait for one lock.
//!
//! Each acquisition has an open file of its own, so the kernel's locks exclude threads from each
//! other. But the gates, which order the processes, are record locks that belong to the whole
//! process: two threads at one gate would both pass it. So threads first wait here for a turn, with
//! the same three preferences, and only a thread with a turn goes on to the gates. Several readers
//! can have a turn at once, or one writer.
//!
//! A process has one queue for each file and family, however many lock objects and paths lead to
//! the file.
//!
//! # A reader yields to an upgrade
//!
//! A reader that has its turn may still wait for other processes. It may then be part of a
//! deadlock: a second thread reads already and upgrades, so it waits here until it is the only
//! reader; the first reader waits for a writer of another process; and that writer waits for the
//! shared lock of the second thread. To break this cycle, an upgrade cancels the waits of all such
//! readers ([`YieldToUpgrade`]), which wait here again until the upgraded lock is released.

use std::collections::BTreeMap;
use std::mem;
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::cancellable_waiter::CancellableWaiter;
use crate::lock::{Deadlock, WaitError, WaitState, Waker};
use crate::mode::{Family, Mode};
use crate::sys::file_id::FileId;
use crate::sys::fork;
use crate::sys::per_process::PerProcess;
use crate::thread::{Preference, Queue, QueuedThread, RawLock, Role, Upgrade};

/// Identifies a lock: a file, and one of the kernel's families.
pub(super) type Key = (FileId, Family);

/// The queue for a lock, or the one for its slots.
type QueueKey = (Key, bool);

/// The queues in use. Per process, because a forked child does not have the threads that hold its
/// parent's queues.
static QUEUES: PerProcess<Mutex<BTreeMap<QueueKey, Weak<ThreadQueue>>>> = PerProcess::new();
/// How many turns this process has, in all queues.
static TURNS: PerProcess<AtomicUsize> = PerProcess::new();
/// How many of them belong to a thread.
static TURNS_OF_THREADS: PerProcess<AtomicUsize> = PerProcess::new();
static LAST_NUMBER: AtomicU64 = AtomicU64::new(0);

/// The queue of one lock.
#[derive(Debug)]
pub(super) struct ThreadQueue {
    key: QueueKey,
    number: u64,
    raw: RawLock,
    /// Readers that have their turn and wait for other processes.
    blocked_readers: Mutex<Vec<Waker>>,
}

/// The permission to go on to the gates, as a reader or as the only writer. A thread gets it, and
/// may pass it on. Dropping it ends the turn, and the next threads get theirs.
#[derive(Debug)]
pub(super) struct Turn {
    queue: Arc<ThreadQueue>,
    /// The process that the turn belongs to. The copy in a forked child ends nothing.
    process: u32,
    /// Whether it is a certain thread that will end the turn.
    is_of_thread: bool,
}

/// Whether this process has a turn: it holds a lock between processes, or is about to.
pub(super) fn any_turn() -> bool {
    TURNS.get().load(Relaxed) > 0
}

/// The same, without the locks that belong to no thread.
pub(super) fn any_turn_of_threads() -> bool {
    TURNS_OF_THREADS.get().load(Relaxed) > 0
}

impl ThreadQueue {
    /// The queue of this lock. The preference has an effect only if the queue does not exist yet.
    pub(super) fn of(key: Key, preference: Preference) -> Arc<Self> {
        Self::find_or_make((key, false), preference)
    }

    /// The queue of the threads that wait for slots: to the kernel they are one waiter.
    pub(super) fn for_slots(key: Key) -> Arc<Self> {
        Self::find_or_make((key, true), Preference::PhaseFair)
    }

    fn find_or_make(key: QueueKey, preference: Preference) -> Arc<Self> {
        let mut queues = queues();
        if let Some(queue) = queues.get(&key).and_then(Weak::upgrade) {
            return queue;
        }
        let number = LAST_NUMBER.fetch_add(1, Relaxed) + 1;
        let raw = RawLock::new(preference, AtomicUsize::new(0), Mutex::new(Queue::new()));
        let queue = Arc::new(Self { key, number, raw, blocked_readers: Mutex::default() });
        queues.insert(key, Arc::downgrade(&queue));
        queue
    }

    pub(super) fn key(&self) -> Key {
        self.key.0
    }

    /// Whether no thread has a turn.
    pub(super) fn is_idle(&self) -> bool {
        self.raw.holder().is_none()
    }

    /// A number that no other queue has, before or after this one. A key does not identify a queue:
    /// a later queue can have the same key.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    fn blocked_readers(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.blocked_readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the turn of the calling thread. Fails with [`WaitError::Busy`] if that takes
    /// waiting and the call may not wait.
    pub(super) fn wait_for_turn(
        self: &Arc<Self>,
        mode: Mode,
        path: &Path,
        wait_state: &WaitState,
    ) -> Result<Turn, WaitError> {
        let role = if mode == Mode::Shared { Role::Reader } else { Role::Writer };
        if !self.raw.try_acquire(role) {
            wait_state.begin(path)?;
            let mut cancellable = CancellableWaiter::new(wait_state);
            let register = |waiter: &Arc<QueuedThread>| cancellable.register(waiter);
            if !self.raw.acquire_with(role, wait_state.deadline(), register) {
                return Err(wait_state.end_reason());
            }
        }
        TURNS.get().fetch_add(1, Relaxed);
        TURNS_OF_THREADS.get().fetch_add(1, Relaxed);
        Ok(Turn { queue: Arc::clone(self), process: fork::process(), is_of_thread: true })
    }
}

impl Turn {
    pub(super) fn queue(&self) -> &Arc<ThreadQueue> {
        &self.queue
    }

    /// From now on any thread may end the turn.
    pub(super) fn leave_thread(&mut self) {
        if mem::take(&mut self.is_of_thread) && self.process == fork::process() {
            TURNS_OF_THREADS.get().fetch_sub(1, Relaxed);
        }
    }

    /// Whether other threads of this process have a turn at this lock too, as readers.
    pub(super) fn has_other_readers(&self) -> bool {
        self.queue.raw.readers() > 1
    }

    /// For a reader that is about to wait for other processes: while the result lives, an upgrade
    /// by another thread of this process cancels the wait with [`WaitError::YieldToUpgrade`].
    /// `None` if the system has no thread left to do so; then the reader waits without it.
    pub(super) fn yield_to_upgrade(&self, wait_state: &WaitState) -> Option<YieldToUpgrade<'_>> {
        let waker = wait_state.waker().ok()?;
        self.queue.blocked_readers().push(waker.clone());
        // The upgrade may have begun before the waker was in the list. Both sides write first and
        // look second, so one of them sees the other.
        if self.queue.raw.queue().has_upgrader() {
            waker.end_wait(WaitError::YieldToUpgrade);
        }
        Some(YieldToUpgrade { queue: &self.queue, waker })
    }

    /// From reader to writer, as soon as no other thread of this process reads. After an error the
    /// turn is a reader's as before. Of two threads that upgrade, the second one fails: each would
    /// wait for the other one to stop reading.
    pub(super) fn upgrade(&self, path: &Path, wait_state: &WaitState) -> Result<(), WaitError> {
        let raw = &self.queue.raw;
        if raw.try_upgrade() {
            return Ok(());
        }
        if raw.queue().has_upgrader() {
            return Err(WaitError::Deadlock(Box::new(Deadlock::Upgrade)));
        }
        wait_state.begin(path)?;
        let mut cancellable = CancellableWaiter::new(wait_state);
        let upgraded = raw.upgrade(wait_state.deadline(), |waiter| {
            cancellable.register(waiter);
            self.queue.blocked_readers().iter().for_each(|waker| waker.end_wait(WaitError::YieldToUpgrade));
        });
        match upgraded {
            Upgrade::Done => Ok(()),
            Upgrade::Refused => Err(WaitError::Deadlock(Box::new(Deadlock::Upgrade))),
            Upgrade::GaveUp => Err(wait_state.end_reason()),
        }
    }

    /// From writer to reader.
    pub(super) fn downgrade(&self) {
        self.queue.raw.downgrade();
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.process != fork::process() {
            return;
        }
        self.leave_thread();
        TURNS.get().fetch_sub(1, Relaxed);
        match self.queue.raw.holder() {
            Some(Role::Writer) => self.queue.raw.release_write(),
            _ => self.queue.raw.release_read(),
        }
    }
}

impl Drop for ThreadQueue {
    fn drop(&mut self) {
        let mut queues = queues();
        // Another thread may have put a new queue in this one's place since the last reference was
        // dropped.
        if queues.get(&self.key).is_some_and(|queue| queue.strong_count() == 0) {
            queues.remove(&self.key);
        }
    }
}

/// A reader that waits for other processes, and whose wait an upgrade cancels.
#[derive(Debug)]
pub(super) struct YieldToUpgrade<'a> {
    queue: &'a ThreadQueue,
    waker: Waker,
}

impl Drop for YieldToUpgrade<'_> {
    fn drop(&mut self) {
        self.queue.blocked_readers().retain(|waker| !waker.is(&self.waker));
        // An upgrade may have cancelled the wait just after its end. Withdraw that, so that the
        // next wait of this call does not end because of it.
        self.waker.withdraw();
    }
}

fn queues() -> MutexGuard<'static, BTreeMap<QueueKey, Weak<ThreadQueue>>> {
    QUEUES.get().lock().unwrap_or_else(PoisonError::into_inner)
}
