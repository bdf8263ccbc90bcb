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

use crate::lock::{Bell, Cancel, Endless, FileId, GaveUp, Patience, Ring};
use crate::mode::{Family, Mode};
use crate::sys::fork;
use crate::sys::per_process::PerProcess;
use crate::thread::{Preference, Queue, RawLock, Role, Upgrade, Waiter};

/// Which lock it is: a file, and one of the kernel's families.
pub(super) type Key = (FileId, Family);

static FRONTS: PerProcess<Mutex<BTreeMap<Key, Weak<Front>>>> = PerProcess::new();
static ENTERED: PerProcess<AtomicUsize> = PerProcess::new();
static LAST: AtomicU64 = AtomicU64::new(0);

/// The line before one lock.
#[derive(Debug)]
pub(super) struct Front {
    key: Key,
    number: u64,
    raw: RawLock,
    /// Readers who have come through the line and wait for other processes.
    outside: Mutex<Vec<Bell>>,
}

/// One who has come through the line, until it is dropped.
#[derive(Debug)]
pub(super) struct Entered {
    front: Arc<Front>,
    process: u32,
}

/// Whether any thread of this process holds, or is about to hold, a process lock.
pub(super) fn any_entered() -> bool {
    ENTERED.get().load(Relaxed) > 0
}

impl Front {
    /// That of this lock. The preference counts if nobody in the process has used the lock yet.
    pub(super) fn of(key: Key, preference: Preference) -> Arc<Self> {
        let mut fronts = fronts();
        if let Some(front) = fronts.get(&key).and_then(Weak::upgrade) {
            return front;
        }
        let number = LAST.fetch_add(1, Relaxed) + 1;
        let raw = RawLock::new(preference, AtomicUsize::new(0), Mutex::new(Queue::new()));
        let front = Arc::new(Self { key, number, raw, outside: Mutex::default() });
        fronts.insert(key, Arc::downgrade(&front));
        front
    }

    pub(super) fn key(&self) -> Key {
        self.key
    }

    /// A number that no other one ever has.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    fn outside(&self) -> MutexGuard<'_, Vec<Bell>> {
        self.outside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes through the line, waiting if need be.
    pub(super) fn enter(
        self: &Arc<Self>,
        mode: Mode,
        path: &Path,
        patience: &Patience,
    ) -> Result<Entered, GaveUp> {
        if !self.raw.try_acquire(role(mode)) {
            patience.begin(path)?;
            let mut in_line = InLine::new(patience);
            if !self.raw.acquire_told(role(mode), patience.deadline(), |waiter| in_line.joined(waiter)) {
                return Err(patience.gave_up());
            }
        }
        ENTERED.get().fetch_add(1, Relaxed);
        Ok(Entered { front: Arc::clone(self), process: fork::process() })
    }
}

impl Entered {
    pub(super) fn front(&self) -> &Arc<Front> {
        &self.front
    }

    /// Whether other threads of this process have the lock too.
    pub(super) fn is_with_others(&self) -> bool {
        self.front.raw.readers() > 1
    }

    /// For a reader who is about to wait for other processes. While this lives, the waiting is called off when another thread
    /// of this process upgrades: that one waits for us, and who we wait for may wait for that one.
    /// `None` where the system has no thread left for it.
    pub(super) fn makes_way(&self, patience: &Patience) -> Option<MakesWay<'_>> {
        let bell = patience.bell().ok()?;
        self.front.outside().push(bell.clone());
        if self.front.raw.queue().has_upgrader() {
            bell.call_off(GaveUp::MakesWay);
        }
        Some(MakesWay { front: &self.front, bell })
    }

    /// From reader to writer, when the other readers among the threads have left. Refused, it reads as before.
    pub(super) fn upgrade(&self, path: &Path, patience: &Patience) -> Result<(), GaveUp> {
        let raw = &self.front.raw;
        if raw.try_upgrade() {
            return Ok(());
        }
        if raw.queue().has_upgrader() {
            return Err(GaveUp::WouldNeverEnd(Box::new(Endless::Conversion)));
        }
        patience.begin(path)?;
        let mut in_line = InLine::new(patience);
        let upgraded = raw.upgrade(patience.deadline(), |waiter| {
            in_line.joined(waiter);
            self.front.outside().iter().for_each(|bell| bell.call_off(GaveUp::MakesWay));
        });
        match upgraded {
            Upgrade::Done => Ok(()),
            Upgrade::Refused => Err(GaveUp::WouldNeverEnd(Box::new(Endless::Conversion))),
            Upgrade::GaveUp => Err(patience.gave_up()),
        }
    }

    /// From writer to reader.
    pub(super) fn downgrade(&self) {
        self.front.raw.downgrade();
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        if self.process != fork::process() {
            return;
        }
        ENTERED.get().fetch_sub(1, Relaxed);
        match self.front.raw.holder() {
            Some(Role::Writer) => self.front.raw.release_write(),
            _ => self.front.raw.release_read(),
        }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        let mut fronts = fronts();
        if fronts.get(&self.key).is_some_and(|front| front.strong_count() == 0) {
            fronts.remove(&self.key);
        }
    }
}

/// A reader who waits for other processes, and stands back for a thread that upgrades.
#[derive(Debug)]
pub(super) struct MakesWay<'a> {
    front: &'a Front,
    bell: Bell,
}

impl Drop for MakesWay<'_> {
    fn drop(&mut self) {
        self.front.outside().retain(|bell| !bell.is(&self.bell));
        self.bell.hush();
    }
}

/// A place in the line that can be called off.
struct InLine<'a> {
    cancel: Option<&'a Cancel>,
    waiter: Option<Ring>,
}

impl<'a> InLine<'a> {
    fn new(patience: &Patience<'a>) -> Self {
        Self { cancel: patience.cancel(), waiter: None }
    }

    fn joined(&mut self, waiter: &Arc<Waiter>) {
        if let Some(cancel) = self.cancel {
            cancel.remember(Ring::Line(Arc::clone(waiter)));
            self.waiter = Some(Ring::Line(Arc::clone(waiter)));
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

fn fronts() -> MutexGuard<'static, BTreeMap<Key, Weak<Front>>> {
    FRONTS.get().lock().unwrap_or_else(PoisonError::into_inner)
}
