//! What the threads share, and the parts that each of them can play with it.

use std::sync::atomic::{AtomicUsize as Counter, Ordering::Relaxed};
use std::time::Instant;

use loom::cell::UnsafeCell;
use loom::sync::atomic::AtomicUsize;
use loom::thread;

use super::preference::Preference;
use super::queue::{Queue, Role};
use super::raw::{RawLock, Upgrade};
use super::sync::{Arc, Mutex};

pub struct Shared {
    pub lock: RawLock,
    left: AtomicUsize,
    right: AtomicUsize,
    cell: UnsafeCell<()>,
    /// How often the pair was written; counted outside of the model, which does not grow by it.
    pub written: Counter,
}

impl Shared {
    pub fn new(preference: Preference) -> Arc<Self> {
        Arc::new(Self {
            lock: RawLock::new(preference, AtomicUsize::new(0), Mutex::new(Queue::new())),
            left: AtomicUsize::new(0),
            right: AtomicUsize::new(0),
            cell: UnsafeCell::new(()),
            written: Counter::new(0),
        })
    }

    pub fn look(&self) {
        self.cell.with(|_| ());
        let seen = [&self.left, &self.right].map(|half| half.load(Relaxed));
        assert_eq!(seen, [self.written.load(Relaxed); 2], "seen what is not");
    }

    pub fn change(&self) {
        self.look();
        self.cell.with_mut(|_| ());
        let written = self.written.fetch_add(1, Relaxed) + 1;
        self.left.store(written, Relaxed);
        self.right.store(written, Relaxed);
    }

    pub fn read(&self) {
        assert!(self.lock.acquire(Role::Reader, None));
        self.look();
        self.lock.release_read();
    }

    pub fn write(&self) {
        assert!(self.lock.acquire(Role::Writer, None));
        self.change();
        self.lock.release_write();
    }

    pub fn write_then_read(&self) {
        assert!(self.lock.acquire(Role::Writer, None));
        self.change();
        let written = self.written.load(Relaxed);
        self.lock.downgrade();
        assert_eq!(self.written.load(Relaxed), written, "written in between");
        self.look();
        self.lock.release_read();
    }

    pub fn read_then_write(&self, deadline: Option<Instant>) {
        assert!(self.lock.acquire(Role::Reader, None));
        self.look();
        let read = self.written.load(Relaxed);
        match self.lock.upgrade(deadline, |_| ()) {
            Upgrade::Done => {
                assert_eq!(self.written.load(Relaxed), read, "written in between");
                self.change();
                self.lock.release_write();
            }
            Upgrade::Refused | Upgrade::GaveUp => {
                self.look();
                self.lock.release_read();
            }
        }
    }

    pub fn read_then_write_or_be_refused(&self) {
        self.read_then_write(None);
    }

    pub fn read_then_write_or_give_up(&self) {
        self.read_then_write(Some(Instant::now()));
    }

    pub fn read_or_give_up(&self) {
        if self.lock.acquire(Role::Reader, Some(Instant::now())) {
            self.look();
            self.lock.release_read();
        }
    }

    pub fn write_or_give_up(&self) {
        if self.lock.acquire(Role::Writer, Some(Instant::now())) {
            self.change();
            self.lock.release_write();
        }
    }

    pub fn try_both(&self) {
        if self.lock.try_acquire(Role::Reader) {
            self.look();
            self.lock.release_read();
        }
        if self.lock.try_acquire(Role::Writer) {
            self.change();
            self.lock.release_write();
        }
    }

    pub fn is_left_free(&self) {
        {
            let queue = self.lock.queue();
            assert_eq!((queue.readers(), queue.writers()), (0, 0));
        }
        assert!(self.lock.try_acquire(Role::Writer));
        self.look();
    }
}

pub type Part = fn(&Shared);

pub const READ: Part = Shared::read;
pub const WRITE: Part = Shared::write;
pub const DOWNGRADE: Part = Shared::write_then_read;
pub const UPGRADE: Part = Shared::read_then_write_or_be_refused;
pub const UPGRADE_OR_GIVE_UP: Part = Shared::read_then_write_or_give_up;
pub const READ_OR_GIVE_UP: Part = Shared::read_or_give_up;
pub const WRITE_OR_GIVE_UP: Part = Shared::write_or_give_up;
pub const TRY: Part = Shared::try_both;

/// Plays all interleavings with at most so many preemptions. (Where a thread waits, changing to another is free.)
pub fn play(name: &str, preemptions: Option<usize>, scene: impl Fn() + Sync + Send + 'static) {
    let played = std::sync::Arc::new(Counter::new(0));
    let counting = std::sync::Arc::clone(&played);
    let mut model = loom::model::Builder::new();
    model.preemption_bound = preemptions;
    model.check(move || {
        counting.fetch_add(1, Relaxed);
        scene();
    });
    println!("{name}: {} interleavings", played.load(Relaxed));
}

/// One thread for each part, the main thread being the last.
pub fn together(preference: Preference, preemptions: Option<usize>, parts: &'static [Part]) {
    play(&format!("{preference:?}"), preemptions, move || {
        let shared = Shared::new(preference);
        let (last, others) = parts.split_last().expect("a part");
        let others = others.iter().map(|part| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || part(&shared))
        });
        let others: Vec<_> = others.collect();
        last(&shared);
        for other in others {
            other.join().unwrap();
        }
        shared.is_left_free();
    });
}

/// The same with each preference. Two threads with any number of preemptions; three with up to three where the lock is
/// phase-fair and up to two else.
pub fn with_each_preference(parts: &'static [Part]) {
    for (preference, preemptions) in
        [(Preference::PhaseFair, 3), (Preference::Reader, 2), (Preference::Writer, 2)]
    {
        together(preference, (parts.len() > 2).then_some(preemptions), parts);
    }
}
