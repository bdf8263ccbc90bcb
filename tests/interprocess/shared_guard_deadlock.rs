//! A wait that closes a circle through a guard that belongs to no thread: it never ends only if no other thread could
//! let go of that guard.

use std::thread;
use std::time::Duration;

use fasten::holders::{LockId, wait_cycle};
use fasten::{Error, Family, InterProcessLock, Mode};

use crate::fork::{answer, forked};
use crate::player::waiters;
use crate::shared_guard::shared;
use crate::support::{Place, Running, fasten, send, until};
use crate::tasks::poll_until_ready;

const LONG: Duration = Duration::from_secs(120);

/// A process that holds `b` for a flock(1), which waits for `a`.
fn holds_b_and_waits_for_a(place: &Place) -> Running {
    let [a, b] = ["a", "b"].map(|name| place.path(name).to_str().unwrap().to_owned());
    let other = Running::start(&[fasten(), "exclusive", &b, "--", "flock", &a, "true"]);
    place.until_waiting("a", 1);
    other
}

/// Holds `a` as a guard of no thread, and waits for `b` when it is told.
fn holds_a_and_waits_for_b(place: &Place) -> Result<(), Error> {
    let _a = shared(InterProcessLock::new(place.path("a")).lock()?);
    place.write("holds a", "");
    until("it may go on", || place.path("go on").exists());
    InterProcessLock::new(place.path("b")).lock_timeout(LONG).map(drop)
}

#[test]
fn the_only_thread_of_a_process_is_refused() {
    let place = Place::with(&["a", "b"]);
    let child = forked(|| {
        let ended = holds_a_and_waits_for_b(&place);
        matches!(ended, Err(Error::Deadlock { .. })) || {
            eprintln!("{ended:?}");
            false
        }
    });
    until("it holds a", || place.path("holds a").exists());
    let other = holds_b_and_waits_for_a(&place);
    place.write("go on", "");
    assert!(answer(child));
    other.leave();
}

#[test]
fn one_of_several_threads_is_not() {
    is_not_refused(|place| {
        thread::spawn(thread::park);
        holds_a_and_waits_for_b(place)
    });
}

#[test]
fn a_task_is_not_for_its_process_goes_on() {
    is_not_refused(|place| {
        let _a = shared(InterProcessLock::new(place.path("a")).lock()?);
        place.write("holds a", "");
        until("it may go on", || place.path("go on").exists());
        poll_until_ready(&mut InterProcessLock::new(place.path("b")).lock_async_timeout(LONG)).map(drop)
    });
}

fn is_not_refused(waits: impl FnOnce(&Place) -> Result<(), Error>) {
    let place = Place::with(&["a", "b"]);
    let child = forked(|| waits(&place).is_ok());
    until("it holds a", || place.path("holds a").exists());
    let other = holds_b_and_waits_for_a(&place);
    place.write("go on", "");
    place.until_waiting("b", 1);
    let b = LockId::of_path(&place.path("b")).unwrap();
    let pid = u32::try_from(child).unwrap();
    assert_eq!(wait_cycle(b, Mode::Exclusive, Family::Flock, pid).unwrap(), None);
    // The one that waits for a is killed, and with it ends the one that holds b.
    send("KILL", waiters(&place.path("a"))[0].pid);
    assert!(answer(child));
    drop(other.finish());
}
