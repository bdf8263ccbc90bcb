//! Every interleaving of a few threads on one lock, by loom.
//!
//! The files of `src/thread` that threads share are compiled here once more, against a `sync` that is made of loom's types.
//! loom, not shuttle: the protocol rests on the memory orderings of one atomic word, and loom plays through what they allow
//! (a load that sees an old value), and all interleavings instead of some; shuttle takes every atomic as sequentially
//! consistent. Two and three threads suffice, as every decision is about a holder, the next in line, and a newcomer.
//!
//! What a lock protects is a pair of relaxed atomics here: only the lock's own orderings make a write to them visible, so a
//! reader that sees half of it, or an old value, means that the lock does not exclude or does not publish. And a cell, of which
//! loom knows whether a reader's look at it has surely come before the next writer's.

#![expect(dead_code, reason = "the model does not use all of what it includes")]

#[path = "../../../src/thread/line.rs"]
mod line;
#[path = "../../../src/thread/preference.rs"]
mod preference;
#[path = "../../../src/thread/queue.rs"]
mod queue;
#[path = "../../../src/thread/raw.rs"]
mod raw;
#[path = "../../../src/thread/waiter.rs"]
mod waiter;

/// What the lock is built of, in the model. A deadline has passed as soon as anybody looks.
mod sync {
    pub use loom::sync::atomic::{AtomicUsize, Ordering};
    pub use loom::sync::{Arc, Condvar, Mutex, MutexGuard};
    pub use std::sync::PoisonError;
    pub use std::time::Instant;

    pub fn wait<'a, T>(
        condvar: &Condvar,
        guard: MutexGuard<'a, T>,
        deadline: Option<Instant>,
    ) -> (MutexGuard<'a, T>, bool) {
        match deadline {
            Some(_) => (guard, false),
            None => (condvar.wait(guard).unwrap(), true),
        }
    }
}

/// In the model, a waiter sleeps at once: to stay awake for a while changes the time that things take, not their order.
mod backoff {
    pub struct Backoff;

    impl Backoff {
        pub fn new() -> Self {
            Self
        }

        #[expect(clippy::unused_self, reason = "the real one counts")]
        pub fn again(&mut self) -> bool {
            false
        }
    }
}

mod parts;

use std::sync::atomic::{AtomicUsize as Counter, Ordering::Relaxed};

use loom::thread;
use sync::Arc;

use parts::{
    DOWNGRADE, READ, READ_OR_GIVE_UP, Shared, TRY, UPGRADE, UPGRADE_OR_GIVE_UP, WRITE, WRITE_OR_GIVE_UP,
    play, together, with_each_preference,
};
use preference::Preference;
use queue::Role;

#[test]
fn a_writer_excludes_a_writer() {
    with_each_preference(&[WRITE, WRITE]);
}

#[test]
fn a_writer_excludes_a_reader() {
    with_each_preference(&[WRITE, READ]);
}

#[test]
fn a_writer_excludes_two_readers() {
    with_each_preference(&[READ, READ, WRITE]);
}

#[test]
fn two_writers_exclude_a_reader() {
    with_each_preference(&[READ, WRITE, WRITE]);
}

#[test]
fn three_writers_all_get_in() {
    with_each_preference(&[WRITE, WRITE, WRITE]);
}

#[test]
fn nobody_writes_while_a_writer_becomes_a_reader() {
    with_each_preference(&[DOWNGRADE, DOWNGRADE]);
    with_each_preference(&[WRITE, READ, DOWNGRADE]);
}

#[test]
fn nobody_writes_while_a_reader_becomes_a_writer() {
    with_each_preference(&[UPGRADE, WRITE]);
    with_each_preference(&[UPGRADE, READ]);
    with_each_preference(&[UPGRADE, READ, WRITE]);
    with_each_preference(&[UPGRADE, READ, READ]);
}

#[test]
fn of_two_readers_that_are_to_write_one_gets_it_or_is_refused_and_none_waits_for_ever() {
    with_each_preference(&[UPGRADE, UPGRADE]);
    with_each_preference(&[UPGRADE, UPGRADE, WRITE]);
    with_each_preference(&[UPGRADE, UPGRADE, READ]);
}

#[test]
fn a_reader_that_gives_up_becoming_a_writer_still_reads() {
    with_each_preference(&[UPGRADE_OR_GIVE_UP, UPGRADE, READ]);
    with_each_preference(&[UPGRADE_OR_GIVE_UP, READ, WRITE]);
}

#[test]
fn a_reader_that_gives_up_leaves_nothing_behind() {
    with_each_preference(&[READ_OR_GIVE_UP, WRITE]);
    with_each_preference(&[READ_OR_GIVE_UP, READ, WRITE]);
}

#[test]
fn a_writer_that_gives_up_lets_in_who_waited_only_for_it() {
    with_each_preference(&[WRITE_OR_GIVE_UP, WRITE]);
    with_each_preference(&[WRITE_OR_GIVE_UP, READ, READ]);
    with_each_preference(&[WRITE_OR_GIVE_UP, WRITE_OR_GIVE_UP, READ]);
}

#[test]
fn a_reader_behind_a_writer_that_gives_up_joins_the_reader_in_front_of_it() {
    play("PhaseFair", Some(3), || {
        let shared = Shared::new(Preference::PhaseFair);
        assert!(shared.lock.try_acquire(Role::Reader));
        let others = [WRITE_OR_GIVE_UP, READ].map(|part| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || part(&shared))
        });
        for other in others {
            other.join().unwrap();
        }
        shared.lock.release_read();
        shared.is_left_free();
    });
}

#[test]
fn one_who_only_tries_never_waits_and_disturbs_nobody() {
    with_each_preference(&[TRY, TRY]);
    with_each_preference(&[TRY, WRITE, READ]);
}

#[test]
fn two_writers_and_two_readers_all_get_in() {
    together(Preference::PhaseFair, Some(1), &[WRITE, WRITE, READ, READ]);
}

/// A writer holds, a writer and a reader wait in line: how often was written before the reader gets in?
fn writers_before_a_reader(preference: Preference) -> usize {
    let before = std::sync::Arc::new(Counter::new(usize::MAX));
    let answer = std::sync::Arc::clone(&before);
    play(&format!("{preference:?}"), Some(3), move || {
        let shared = Shared::new(preference);
        assert!(shared.lock.try_acquire(Role::Writer));
        let writer = thread::spawn({
            let shared = Arc::clone(&shared);
            move || shared.write()
        });
        let reader = thread::spawn({
            let shared = Arc::clone(&shared);
            let before = std::sync::Arc::clone(&before);
            move || {
                assert!(shared.lock.acquire(Role::Reader, None));
                let written = shared.written.load(Relaxed);
                let earlier = before.swap(written, Relaxed);
                assert!([written, usize::MAX].contains(&earlier), "it depends");
                shared.lock.release_read();
            }
        });
        while {
            let queue = shared.lock.queue();
            queue.readers() + queue.writers() < 2
        } {
            thread::yield_now();
        }
        shared.lock.release_write();
        writer.join().unwrap();
        reader.join().unwrap();
    });
    answer.load(Relaxed)
}

#[test]
fn after_a_writer_come_the_readers_or_with_writer_preference_the_next_writer() {
    assert_eq!(writers_before_a_reader(Preference::PhaseFair), 0);
    assert_eq!(writers_before_a_reader(Preference::Reader), 0);
    assert_eq!(writers_before_a_reader(Preference::Writer), 1);
}
