//! Requests of which one waits at most, and covers all others: [`LockOptions::coalesce`].
//!
//! The one that waits is visible to all processes before it waits for its turn among the threads of
//! its own process. So it makes no difference whether the lock is held by a thread or by another
//! process.
//!
//! [`LockOptions::coalesce`]: super::LockOptions::coalesce

use std::sync::Arc;

use super::file_pool::FilePool;
use super::lease::Lease;
use super::thread_queue::ThreadQueue;
use crate::lock::{CoalesceGate, Error, LockFile, Wait, WaitState};

/// Acquires the lock, or leaves because another request waits to run. `attempt` acquires it without
/// coalescing. `None` if the call must start again.
pub(super) fn acquire_unless_covered(
    pool: &FilePool,
    queue: &Arc<ThreadQueue>,
    open: impl Fn() -> Result<LockFile, Error>,
    attempt: impl Fn(&WaitState) -> Result<Option<Lease>, Error>,
    wait_state: &WaitState,
) -> Result<Option<Lease>, Error> {
    let refused = |why| Error::refused(pool.path(), why);
    let Some(looked) = with_file(pool, queue, &open, CoalesceGate::look)? else { return Ok(None) };
    looked.map_err(refused)?;
    match attempt(&WaitState::new(Wait::never())) {
        Err(error) if error.is_busy() => {}
        ended => return ended,
    }
    // Before the gate file is created: a signal must not leave it behind.
    wait_state.check_may_wait().map_err(refused)?;
    wait_state.stop_at_gates();
    let Some(entered) = with_file(pool, queue, &open, CoalesceGate::enter)? else { return Ok(None) };
    let (gate, why_not) = entered.map_err(refused)?;
    let acquired = attempt(wait_state)?;
    // The lock is held, and what it is for has not begun: a request that left before this is
    // covered, and a later one waits.
    drop(gate);
    Ok(acquired.map(|lease| lease.uncoalesced(why_not)))
}

/// Asks about the file of this queue. `None` if the path leads to another file.
fn with_file<T>(
    pool: &FilePool,
    queue: &Arc<ThreadQueue>,
    open: impl FnOnce() -> Result<LockFile, Error>,
    ask: impl FnOnce(&LockFile) -> T,
) -> Result<Option<T>, Error> {
    let file = pool.get_or_open(open)?;
    if pool.key_of(&file) != queue.key() {
        pool.forget(queue);
        return Ok(None);
    }
    let answer = ask(&file);
    pool.put_back(file);
    Ok(Some(answer))
}
