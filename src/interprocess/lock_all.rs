//! Several locks as one: all or none, in one order, within one time.
//!
//! The order is the files' (device, inode), the same for everybody, so two who name the same locks in different orders cannot
//! wait for each other.

use std::sync::Arc;

use super::file_pool::FilePool;
use super::guard::Guard;
use super::obtain::{acquire_from, key};
use super::thread_queue::Key;
use crate::lock::{Error, Wait, WaitState};
use crate::mode::Mode;

/// A lock, and how it is wanted: for [`lock_all`].
#[derive(Debug, Clone)]
pub struct LockRequest {
    pool: Arc<FilePool>,
    mode: Mode,
}

impl LockRequest {
    pub(super) fn new(pool: &Arc<FilePool>, mode: Mode) -> Self {
        Self { pool: Arc::clone(pool), mode }
    }
}

/// Takes several locks, all or none. They are acquired in one order, whatever the order in which they are named, so two calls
/// cannot wait for each other; and they are waited for as one.
///
/// Several paths to one file are one lock, and have one guard: that of a writer, if one of them is to write.
///
/// # Errors
///
/// Those of taking one lock, for the first that was refused; nothing of the call is held then. Lock files that were created
/// stay.
///
/// Source in the seed: `@fasteners.locked` with several locks, there between threads.
///
/// ```
/// # let folder = std::env::temp_dir().join(format!("all-{}", std::process::id()));
/// # std::fs::create_dir(&folder).unwrap();
/// use fasten::{InterProcessLock, InterProcessReaderWriterLock, Wait, lock_all};
///
/// let queue = InterProcessLock::new(folder.join("queue.lock"));
/// let settings = InterProcessReaderWriterLock::new(folder.join("settings.lock"));
///
/// let guards = lock_all([queue.to_lock(), settings.to_read()], Wait::forever())?;
/// assert_eq!(guards.len(), 2);
/// # drop(guards);
/// # std::fs::remove_dir_all(&folder).unwrap();
/// # Ok::<(), fasten::Error>(())
/// ```
pub fn lock_all(
    wanted: impl IntoIterator<Item = LockRequest>,
    waiting: Wait<'_>,
) -> Result<Vec<Guard>, Error> {
    let (wait_state, wanted) = (WaitState::new(waiting), Vec::from_iter(wanted));
    loop {
        let mut guards = Vec::with_capacity(wanted.len());
        let ordered = ordered(&wanted, &wait_state)?;
        for (key, one) in &ordered {
            let guard = acquire_from(&one.pool, one.mode, &wait_state)?;
            if guard.key() != *key {
                break;
            }
            guards.push(guard);
        }
        if guards.len() == ordered.len() && (guards.len() == 1 || guards.iter().all(Guard::is_still_there)) {
            return Ok(guards);
        }
        if let Some(first) = wanted.first() {
            wait_state.begin_again().map_err(|why| Error::refused(first.pool.path(), why))?;
        }
    }
}

/// Each lock once, as it is wanted most, in the order in which all take them.
fn ordered<'a>(
    wanted: &'a [LockRequest],
    wait_state: &WaitState,
) -> Result<Vec<(Key, &'a LockRequest)>, Error> {
    let keyed = wanted.iter().map(|one| Ok((key(&one.pool, one.mode, wait_state)?, one)));
    let mut keyed = keyed.collect::<Result<Vec<_>, Error>>()?;
    keyed.sort_by_key(|(key, one)| (*key, one.mode == Mode::Shared));
    keyed.dedup_by_key(|(key, _)| *key);
    Ok(keyed)
}
