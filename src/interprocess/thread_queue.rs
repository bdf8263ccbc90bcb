//! The line in which the threads of one process stand before a lock.
//!
//! The kernel's locks exclude threads from each other, as each taking has an open file of its own; but the gates that put
//! processes in order belong to the process, and cannot order its threads. So the threads stand in a line of their own,
//! with the same turns, and only who is at its head goes on to the gates. There is one line for each file and family in a
//! process, however many lock objects lead to it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::lock::{CancelToken, Deadlock, WaitError, WaitState, Wakeable, Waker};
use crate::mode::{Family, Mode};
use crate::sys::file_id::FileId;
use crate::sys::fork;
use crate::sys::per_process::PerProcess;
use crate::thread::{Preference, Queue, QueuedThread, RawLock, Role, Upgrade};

/// Which lock it is: a file, and one of the kernel's families.
pub(super) type Key = (FileId, Family);

static QUEUES: PerProcess<Mutex<BTreeMap<Key, Weak<ThreadQueue>>>> = PerProcess::new();
static ENTERED: PerProcess<AtomicUsize> = PerProcess::new();
static LAST: AtomicU64 = AtomicU64::new(0);

/// The line before one lock.
#[derive(Debug)]
pub(super) struct ThreadQueue {
    key: Key,
    number: u64,
    raw: RawLock,
    /// Readers who have come through the line and wait for other processes.
    outside: Mutex<Vec<Waker>>,
}

/// One who has come through the line, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    queue: Arc<ThreadQueue>,
    process: u32,
}

/// Whether any thread of this process holds, or is about to hold, a process lock.
pub(super) fn any_entered() -> bool {
    ENTERED.get().load(Relaxed) > 0
}

impl ThreadQueue {
    /// That of this lock. The preference counts if nobody in the process has used the lock yet.
    pub(super) fn of(key: Key, preference: Preference) -> Arc<Self> {
        let mut queues = queues();
        if let Some(queue) = queues.get(&key).and_then(Weak::upgrade) {
            return queue;
        }
        let number = LAST.fetch_add(1, Relaxed) + 1;
        let raw = RawLock::new(preference, AtomicUsize::new(0), Mutex::new(Queue::new()));
        let queue = Arc::new(Self { key, number, raw, outside: Mutex::default() });
        queues.insert(key, Arc::downgrade(&queue));
        queue
    }

    pub(super) fn key(&self) -> Key {
        self.key
    }

    /// A number that no other one ever has.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    fn outside(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.outside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes through the line, waiting if need be.
    pub(super) fn enter(
        self: &Arc<Self>,
        mode: Mode,
        path: &Path,
        wait_state: &WaitState,
    ) -> Result<Turn, WaitError> {
        if !self.raw.try_acquire(role(mode)) {
            wait_state.begin(path)?;
            let mut in_line = InLine::new(wait_state);
            if !self.raw.acquire_with(role(mode), wait_state.deadline(), |waiter| in_line.joined(waiter)) {
                return Err(wait_state.gave_up());
            }
        }
        ENTERED.get().fetch_add(1, Relaxed);
        Ok(Turn { queue: Arc::clone(self), process: fork::process() })
    }
}

impl Turn {
    pub(super) fn queue(&self) -> &Arc<ThreadQueue> {
        &self.queue
    }

    /// Whether other threads of this process have the lock too.
    pub(super) fn is_with_others(&self) -> bool {
        self.queue.raw.readers() > 1
    }

    /// For a reader who is about to wait for other processes. While this lives, the waiting is called off when another thread
    /// of this process upgrades: that one waits for us, and who we wait for may wait for that one.
    /// `None` where the system has no thread left for it.
    pub(super) fn yield_to_upgrade(&self, wait_state: &WaitState) -> Option<YieldToUpgrade<'_>> {
        let waker = wait_state.waker().ok()?;
        self.queue.outside().push(waker.clone());
        if self.queue.raw.queue().has_upgrader() {
            waker.call_off(WaitError::YieldToUpgrade);
        }
        Some(YieldToUpgrade { queue: &self.queue, waker })
    }

    /// From reader to writer, when the other readers among the threads have left. Refused, it reads as before.
    pub(super) fn upgrade(&self, path: &Path, wait_state: &WaitState) -> Result<(), WaitError> {
        let raw = &self.queue.raw;
        if raw.try_upgrade() {
            return Ok(());
        }
        if raw.queue().has_upgrader() {
            return Err(WaitError::Deadlock(Box::new(Deadlock::Upgrade)));
        }
        wait_state.begin(path)?;
        let mut in_line = InLine::new(wait_state);
        let upgraded = raw.upgrade(wait_state.deadline(), |waiter| {
            in_line.joined(waiter);
            self.queue.outside().iter().for_each(|waker| waker.call_off(WaitError::YieldToUpgrade));
        });
        match upgraded {
            Upgrade::Done => Ok(()),
            Upgrade::Refused => Err(WaitError::Deadlock(Box::new(Deadlock::Upgrade))),
            Upgrade::GaveUp => Err(wait_state.gave_up()),
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
        ENTERED.get().fetch_sub(1, Relaxed);
        match self.queue.raw.holder() {
            Some(Role::Writer) => self.queue.raw.release_write(),
            _ => self.queue.raw.release_read(),
        }
    }
}

impl Drop for ThreadQueue {
    fn drop(&mut self) {
        let mut queues = queues();
        if queues.get(&self.key).is_some_and(|queue| queue.strong_count() == 0) {
            queues.remove(&self.key);
        }
    }
}

/// A reader who waits for other processes, and stands back for a thread that upgrades.
#[derive(Debug)]
pub(super) struct YieldToUpgrade<'a> {
    queue: &'a ThreadQueue,
    waker: Waker,
}

impl Drop for YieldToUpgrade<'_> {
    fn drop(&mut self) {
        self.queue.outside().retain(|waker| !waker.is(&self.waker));
        self.waker.hush();
    }
}

/// A place in the line that can be called off.
struct InLine<'a> {
    cancel: Option<&'a CancelToken>,
    waiter: Option<Wakeable>,
}

impl<'a> InLine<'a> {
    fn new(wait_state: &WaitState<'a>) -> Self {
        Self { cancel: wait_state.cancel(), waiter: None }
    }

    fn joined(&mut self, waiter: &Arc<QueuedThread>) {
        if let Some(cancel) = self.cancel {
            cancel.remember(Wakeable::Line(Arc::clone(waiter)));
            self.waiter = Some(Wakeable::Line(Arc::clone(waiter)));
        }
    }
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        if let (Some(cancel), Some(waiter)) = (self.cancel, &self.waiter) {
            cancel.forget(waiter);
        }
    }
}

fn role(mode: Mode) -> Role {
    match mode {
        Mode::Shared => Role::Reader,
        Mode::Exclusive => Role::Writer,
    }
}

fn queues() -> MutexGuard<'static, BTreeMap<Key, Weak<ThreadQueue>>> {
    QUEUES.get().lock().unwrap_or_else(PoisonError::into_inner)
}
