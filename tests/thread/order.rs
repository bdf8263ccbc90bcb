//! Who gets in when: the order of readers and writers.

use std::sync::Mutex;
use std::thread::{self, Scope};

use fasten::thread::{LockError, Owner, Preference, ReaderWriterLock};

use crate::in_line::await_line;

/// A lock and the order in which threads got it.
struct Story {
    lock: ReaderWriterLock,
    entered: Mutex<String>,
}

impl Story {
    fn new(preference: Preference) -> Self {
        Self { lock: ReaderWriterLock::with_preference(preference), entered: Mutex::default() }
    }

    fn enter(&self, name: char) {
        self.entered.lock().unwrap().push(name);
    }

    /// Starts threads, each once the one before is in line. A capital writes, a small letter reads.
    fn line_up<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, names: &str) {
        for (count, name) in (1..).zip(names.chars()) {
            scope.spawn(move || {
                if name.is_uppercase() {
                    let _write = self.lock.write().unwrap();
                    self.enter(name);
                } else {
                    let _read = self.lock.read();
                    self.enter(name);
                }
            });
            let writers = names[..count].chars().filter(|c| c.is_uppercase()).count();
            await_line(&self.lock, count - writers, writers);
        }
    }

    /// Who got in, readers of one phase in the order of the alphabet.
    fn told(self) -> String {
        let entered = self.entered.into_inner().unwrap();
        let phases = entered.split_inclusive(char::is_uppercase);
        let sorted = phases.flat_map(|phase| {
            let mut phase: Vec<_> = phase.chars().collect();
            phase.sort_unstable_by_key(|c| (c.is_uppercase(), *c));
            phase
        });
        sorted.collect()
    }
}

fn behind_a_writer(preference: Preference, names: &str) -> String {
    let story = Story::new(preference);
    thread::scope(|scope| {
        let write = story.lock.write().unwrap();
        story.line_up(scope, names);
        drop(write);
    });
    story.told()
}

fn behind_a_reader(preference: Preference, names: &str) -> String {
    let story = Story::new(preference);
    thread::scope(|scope| {
        let read = story.lock.read();
        story.line_up(scope, names);
        drop(read);
    });
    story.told()
}

#[test]
fn writers_go_in_order_of_arrival() {
    for preference in [Preference::PhaseFair, Preference::Reader, Preference::Writer] {
        assert_eq!(behind_a_writer(preference, "ABCDEFGH"), "ABCDEFGH");
        assert_eq!(behind_a_reader(preference, "ABCDEFGH"), "ABCDEFGH");
    }
}

#[test]
fn phase_fair_readers_go_after_one_writer_and_writers_after_one_reader_phase() {
    assert_eq!(behind_a_writer(Preference::PhaseFair, "AbCd"), "bdAC");
    assert_eq!(behind_a_reader(Preference::PhaseFair, "AbCd"), "AbdC");
    assert_eq!(behind_a_reader(Preference::PhaseFair, "AbcdBCD"), "AbcdBCD");
}

#[test]
fn with_reader_preference_waiting_readers_go_before_all_writers() {
    assert_eq!(behind_a_writer(Preference::Reader, "ABcDe"), "ceABD");
}

#[test]
fn with_writer_preference_waiting_writers_go_before_all_readers() {
    assert_eq!(behind_a_writer(Preference::Writer, "aBcD"), "BDac");
    assert_eq!(behind_a_reader(Preference::Writer, "BcD"), "BDc");
}

#[test]
fn a_stream_of_writes_keeps_a_waiting_reader_out_for_one_write_only() {
    let story = Story::new(Preference::PhaseFair);
    thread::scope(|scope| {
        let mut write = story.lock.write().unwrap();
        story.line_up(scope, "r");
        for _ in 0..10 {
            drop(write);
            write = story.lock.write().unwrap();
            story.enter('W');
        }
    });
    assert_eq!(story.told(), "rWWWWWWWWWW");
}

#[test]
fn a_stream_of_reads_does_not_keep_a_waiting_writer_out() {
    let story = Story::new(Preference::PhaseFair);
    thread::scope(|scope| {
        let read = story.lock.read();
        story.line_up(scope, "W");
        for _ in 0..10 {
            let refused = scope.spawn(|| story.lock.try_read().err());
            assert_eq!(refused.join().unwrap(), Some(LockError::Busy));
        }
        drop(read);
        let _after = story.lock.read();
        story.enter('r');
    });
    assert_eq!(story.told(), "Wr");
}

#[test]
fn with_reader_preference_readers_pass_a_waiting_writer() {
    let story = Story::new(Preference::Reader);
    thread::scope(|scope| {
        let read = story.lock.read();
        story.line_up(scope, "W");
        let other = scope.spawn(|| {
            drop(story.lock.try_read().unwrap());
            drop(story.lock.read());
            story.enter('r');
        });
        other.join().unwrap();
        drop(read);
    });
    assert_eq!(story.told(), "rW");
}

/// As in fasteners' `test_double_reader_writer`.
#[test]
fn a_reader_may_read_again_while_a_writer_waits() {
    let story = Story::new(Preference::PhaseFair);
    thread::scope(|scope| {
        let _outer = story.lock.read();
        story.line_up(scope, "W");
        assert!(story.lock.has_pending_writers());
        let _inner = story.lock.read();
        assert!(story.lock.try_read().is_ok());
        story.enter('r');
    });
    assert_eq!(story.told(), "rW");
}

#[test]
fn a_downgrade_lets_waiting_readers_in_and_no_writer() {
    let lock = ReaderWriterLock::new();
    thread::scope(|scope| {
        let write = lock.write().unwrap();
        let writer = scope.spawn(|| drop(lock.write().unwrap()));
        await_line(&lock, 0, 1);
        let reader = scope.spawn(|| drop(lock.read()));
        await_line(&lock, 1, 1);
        let read = write.downgrade();
        reader.join().unwrap();
        assert_eq!(lock.owner(), Some(Owner::Reader));
        await_line(&lock, 0, 1);
        drop(read);
        writer.join().unwrap();
    });
}
