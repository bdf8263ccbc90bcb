//! Several locks as one: all or none, in one order, within one time limit.
//!
//! Every call acquires its locks in ascending order of their files (device, inode), which is the
//! same for all threads and processes. A call that waits for a lock therefore holds only smaller
//! ones. In a cycle of such calls, the holder of the greatest lock would wait for a smaller one,
//! which it never does. So calls cannot deadlock with each other, however their callers name the
//! locks. The order does not cover a lock that the thread already held before the call.
//!
//! The order needs the files before they are locked, and paths can move meanwhile. A call that
//! finds a path leading to another file than it was sorted by releases everything and starts again:
//! going on would break the order.

use std::cmp::Reverse;

use super::guard::Guard;
use super::guards::Guards;
use super::held_lock::HeldLock;
use super::lock_request::LockRequest;
use super::obtain::{acquire_from, acquire_slots, key_of_path};
use super::thread_queue::Key;
use crate::lock::{Error, Wait, WaitState};
use crate::mode::Mode;

/// Acquires several locks: all of them, or none.
///
/// The locks are acquired in one order, whatever the order of the requests, so two calls cannot
/// deadlock with each other. The time limit of the [`Wait`] is for the whole call. Several paths to
/// one file are one lock with one guard, which is exclusive if one of the requests is. The guards
/// are in the order of the requests. `examples/transfer.rs` is a program that uses it.
///
/// Dropping the guards releases the locks, in any order. On panic, crash and fork see [`Guard`].
///
/// # Errors
///
/// That of the first lock that could not be acquired; then no lock of the call is held. Lock files
/// that the call created stay.
///
/// - [`Error::Deadlock`] if this thread holds one of the locks (a lock that it reads can be read
///   again), or if the wait [certainly never ends](crate::Nested): an ancestor that waits for this
///   process holds one of the locks, or locks that this thread held before the call close a cycle.
/// - [`Error::TimedOut`] and [`Error::Cancelled`], as the wait says; [`Error::Busy`] with
///   [`Wait::never`].
/// - [`Error::CouldNotOpen`] if a lock file cannot be opened or created.
/// - [`Error::System`] if a system call fails.
///
/// Python's fasteners: `@fasteners.locked` with several locks, which are locks between threads.
///
/// ```
/// # let directory = std::env::temp_dir().join(format!("all-{}", std::process::id()));
/// # std::fs::create_dir(&directory).unwrap();
/// use fasten::{InterProcessLock, InterProcessReaderWriterLock, Wait, lock_all};
///
/// let queue = InterProcessLock::new(directory.join("queue.lock"));
/// let settings = InterProcessReaderWriterLock::new(directory.join("settings.lock"));
///
/// let guards = lock_all([queue.request(), settings.read_request()], Wait::forever())?;
/// assert_eq!(guards.len(), 2);
/// assert_eq!(guards.get(queue.path()).unwrap().path(), queue.path());
/// # drop(guards);
/// # std::fs::remove_dir_all(&directory).unwrap();
/// # Ok::<(), fasten::Error>(())
/// ```
pub fn lock_all<'a>(
    requests: impl IntoIterator<Item = impl Into<LockRequest>>,
    wait: impl Into<Wait<'a>>,
) -> Result<Guards, Error> {
    let wait_state = WaitState::new(wait.into());
    let requests: Vec<LockRequest> = requests.into_iter().map(Into::into).collect();
    loop {
        let mut guards: Vec<Guard> = Vec::with_capacity(requests.len());
        let keys = keys(&requests, &wait_state)?;
        let ordered = in_order(&requests, &keys);
        for (key, request) in &ordered {
            let guard = match request.slots {
                Some(slots) => {
                    acquire_slots(&request.pool, slots, &wait_state).map(HeldLock::new).map(Guard::new)?
                }
                None => acquire_from(&request.pool, request.mode, &wait_state)?,
            };
            // The path was replaced after the sort: this lock may belong elsewhere in the order.
            if guard.key() != *key {
                break;
            }
            guards.push(guard);
        }
        // The files of the first locks may have been replaced while the call waited for the last
        // ones. `acquire_from` has just checked the last one itself.
        if guards.len() == ordered.len() && (guards.len() == 1 || guards.iter().all(Guard::is_still_there)) {
            return Ok(Guards::in_order_of(&requests, &keys, guards));
        }
        if let Some(first) = requests.first() {
            wait_state.begin_again().map_err(|why| Error::refused(first.pool.path(), why))?;
        }
    }
}

fn keys(requests: &[LockRequest], wait_state: &WaitState) -> Result<Vec<Key>, Error> {
    requests.iter().map(|one| key_of_path(&one.pool, one.mode, wait_state)).collect()
}

/// Each lock once, in the strongest mode requested, in the order in which all calls acquire them.
fn in_order<'a>(requests: &'a [LockRequest], keys: &[Key]) -> Vec<(Key, &'a LockRequest)> {
    let mut keyed: Vec<_> = keys.iter().copied().zip(requests).collect();
    // Of the requests for one lock, an exclusive one comes first, then the one for most slots, and
    // `dedup` keeps the first.
    let rank = |one: &LockRequest| (one.mode == Mode::Shared, Reverse(one.slots.map(|slots| slots.take)));
    keyed.sort_by_key(|(key, one)| (*key, rank(one)));
    keyed.dedup_by_key(|(key, _)| *key);
    keyed
}
