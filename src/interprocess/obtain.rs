//! From a path to the lock on it: a thread that holds the lock already, the queue of this process'
//! threads, the gates and the main lock.

use std::sync::Arc;

use super::file_pool::FilePool;
use super::guard::Guard;
use super::held_lock::{self, HeldLock, Lease};
use super::missing::open_or_create;
use super::reentry::{Reentry, reentry};
use super::thread_queue::{Key, Turn, any_entered};
use crate::lock::{Acquired, Error, LockFile, Request, Threads, Wait, WaitError, WaitState, acquire};
use crate::mode::Mode;

/// Acquires the lock that the path of the pool leads to.
pub(super) fn acquire_from(pool: &Arc<FilePool>, mode: Mode, wait_state: &WaitState) -> Result<Guard, Error> {
    let refused = |why| Error::refused(pool.path(), why);
    loop {
        let queue = pool.queue(|| open(pool, mode, wait_state))?;
        if let Some(held) = held_lock::find(queue.number()) {
            match reentry(held.mode(), mode, pool.options().nested, wait_state) {
                Reentry::Shares => return Ok(Guard::new(held)),
                Reentry::Refused(why) => return Err(refused(why)),
                Reentry::Waits => {}
            }
        }
        let holds_others = held_lock::holds_any() || !any_entered();
        let turn = queue.enter(mode, pool.path(), wait_state).map_err(refused)?;
        if let Some(guard) = acquire_at_the_head(pool, turn, mode, holds_others, wait_state)? {
            return Ok(guard);
        }
        wait_state.begin_again().map_err(refused)?;
    }
}

/// Takes the lock, being at the head of the line; `None` if by now the path leads elsewhere.
fn acquire_at_the_head(
    pool: &Arc<FilePool>,
    turn: Turn,
    mode: Mode,
    holds_others: bool,
    wait_state: &WaitState,
) -> Result<Option<Guard>, Error> {
    let file = pool.file(|| open(pool, mode, wait_state))?;
    if pool.key_of(&file) != turn.queue().key() {
        pool.forget(turn.queue());
        return Ok(None);
    }
    let request = Request {
        mode,
        order: pool.order(),
        nested: pool.options().nested,
        threads: if turn.is_with_others() { Threads::Share } else { Threads::None },
        holds_others,
    };
    let lease = match obtain(file, &request, &turn, wait_state) {
        Ok(Acquired::Held(held)) => {
            if !held.is_still_there() {
                drop(held);
                pool.forget(turn.queue());
                return Ok(None);
            }
            Lease::Own(held)
        }
        Ok(Acquired::Joined(file, joined)) => {
            pool.give_back(file);
            Lease::Joined(joined, mode.into())
        }
        Err((file, WaitError::YieldToUpgrade)) => {
            pool.give_back(file);
            return Ok(None);
        }
        Err((_, WaitError::Moved)) => {
            pool.forget(turn.queue());
            return Ok(None);
        }
        Err((file, why)) => {
            let error = Error::refused(pool.path(), why);
            pool.give_back(file);
            return Err(error);
        }
    };
    Ok(Some(Guard::new(HeldLock::new(Arc::clone(pool), turn, lease))))
}

/// Takes the lock on an open file. A reader that has to wait for other processes stands back for a
/// thread that upgrades: [`WaitError::YieldToUpgrade`].
pub(super) fn obtain(
    file: LockFile,
    request: &Request,
    turn: &Turn,
    wait_state: &WaitState,
) -> Result<Acquired, (LockFile, WaitError)> {
    if request.mode == Mode::Exclusive || !wait_state.may_wait() {
        return acquire(file, request, wait_state);
    }
    match acquire(file, request, &WaitState::new(Wait::never())) {
        Err((file, WaitError::Busy)) => {
            let _while_waiting = turn.yield_to_upgrade(wait_state);
            acquire(file, request, wait_state)
        }
        held => held,
    }
}

/// Which lock the path leads to, as far as is known.
pub(super) fn key(pool: &FilePool, mode: Mode, wait_state: &WaitState) -> Result<Key, Error> {
    Ok(pool.queue(|| open(pool, mode, wait_state))?.key())
}

fn open(pool: &FilePool, mode: Mode, wait_state: &WaitState) -> Result<LockFile, Error> {
    open_or_create(pool.path(), pool.options(), mode, wait_state)
}
