//! Many threads at once: the tests of fasteners' `test_lock.py` in which readers and writers meet.
//!
//! fasteners sleeps inside the lock and compares clock times afterwards. Here each thread says what it does on entering and on
//! leaving, and one that meets another that should not be there fails at once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

use fasten::thread::{Owner, Preference, ReaderWriterLock};

const PREFERENCES: [Preference; 3] = [Preference::PhaseFair, Preference::Reader, Preference::Writer];

struct Room {
    lock: ReaderWriterLock,
    readers: AtomicUsize,
    writers: AtomicUsize,
    reads: AtomicUsize,
    writes: AtomicUsize,
}

impl Room {
    fn new(preference: Preference) -> Self {
        Self {
            lock: ReaderWriterLock::with_preference(preference),
            readers: AtomicUsize::new(0),
            writers: AtomicUsize::new(0),
            reads: AtomicUsize::new(0),
            writes: AtomicUsize::new(0),
        }
    }

    fn read(&self) {
        let _read = self.lock.read();
        self.readers.fetch_add(1, SeqCst);
        thread::yield_now();
        assert_eq!(self.writers.load(SeqCst), 0);
        assert_eq!(self.lock.owner(), Some(Owner::Reader));
        self.readers.fetch_sub(1, SeqCst);
        self.reads.fetch_add(1, SeqCst);
    }

    fn write(&self) {
        let _write = self.lock.write().unwrap();
        assert_eq!(self.writers.fetch_add(1, SeqCst), 0);
        thread::yield_now();
        assert_eq!(self.readers.load(SeqCst), 0);
        assert_eq!(self.lock.owner(), Some(Owner::Writer));
        self.writers.fetch_sub(1, SeqCst);
        self.writes.fetch_add(1, SeqCst);
    }

    /// Runs so many threads from the same moment on, each with its number.
    fn crowd(&self, threads: usize, work: impl Fn(usize) + Sync) {
        let start = Barrier::new(threads);
        thread::scope(|scope| {
            for number in 0..threads {
                let (start, work) = (&start, &work);
                scope.spawn(move || {
                    start.wait();
                    work(number);
                });
            }
        });
        assert!(self.lock.try_write().is_ok(), "left free");
    }

    fn visits(&self) -> (usize, usize) {
        (self.reads.load(SeqCst), self.writes.load(SeqCst))
    }
}

#[test]
fn twenty_writers_never_meet() {
    for preference in PREFERENCES {
        let room = Room::new(preference);
        room.crowd(20, |_| (0..100).for_each(|_| room.write()));
        assert_eq!(room.visits(), (0, 2000));
    }
}

#[test]
fn readers_never_meet_a_writer() {
    for preference in PREFERENCES {
        for (readers, writers) in [(10, 10), (19, 1), (1, 19)] {
            let room = Room::new(preference);
            room.crowd(readers + writers, |number| {
                for _ in 0..50 {
                    if number < readers {
                        room.read();
                    } else {
                        room.write();
                    }
                }
            });
            assert_eq!(room.visits(), (50 * readers, 50 * writers));
        }
    }
}

#[test]
fn readers_that_break_keep_nobody_out() {
    let room = Room::new(Preference::PhaseFair);
    room.crowd(20, |number| match number % 4 {
        0 => {
            let broken = catch_unwind(AssertUnwindSafe(|| {
                let _outer = room.lock.read();
                let _inner = room.lock.read();
                std::panic::resume_unwind(Box::new("Broken"));
            }));
            assert!(broken.is_err());
        }
        2 => room.read(),
        _ => room.write(),
    });
    assert_eq!(room.visits(), (5, 10));
}

#[test]
fn writers_that_break_keep_nobody_out() {
    let room = Room::new(Preference::PhaseFair);
    room.crowd(20, |number| match number % 4 {
        0 => {
            let broken = catch_unwind(AssertUnwindSafe(|| {
                let _write = room.lock.write().unwrap();
                std::panic::resume_unwind(Box::new("Broken"));
            }));
            assert!(broken.is_err());
        }
        2 => room.write(),
        _ => room.read(),
    });
    assert_eq!(room.visits(), (10, 5));
}

/// As in fasteners' `test_deadlock_reproducer`.
#[test]
fn a_writer_that_also_reads_gets_by_another_writer() {
    let room = Room::new(Preference::PhaseFair);
    room.crowd(2, |number| {
        for _ in 0..1000 {
            let _write = room.lock.write().unwrap();
            let _read = (number == 0).then(|| room.lock.read());
        }
    });
}

#[test]
fn impatient_threads_get_in_or_give_up_and_hurt_nobody() {
    use std::time::Duration;

    for preference in PREFERENCES {
        let room = Room::new(preference);
        room.crowd(12, |number| {
            for round in 0..200_u64 {
                let limit = Duration::from_micros(round);
                match number % 4 {
                    0 => room.read(),
                    1 => room.write(),
                    2 => drop(room.lock.read_timeout(limit)),
                    _ => drop(room.lock.write_timeout(limit)),
                }
            }
        });
        assert_eq!(room.visits(), (600, 600));
    }
}
