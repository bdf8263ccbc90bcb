//! From a path to the lock on its file.
//!
//! An acquisition takes these steps, and starts again at the first one if the path leads to another
//! file by then:
//!
//! 1. Find the thread queue of the file that the path leads to, and create the file if needed.
//! 2. If this thread already holds the lock: share it, or fail.
//! 3. Wait for a turn among the threads of this process. (A request that coalesces may leave before:
//!    `covered`.)
//! 4. Wait for the lock among the processes: the gates, then the main lock.
//! 5. Check that the path still leads to the locked file.

use std::sync::Arc;

use super::covered::acquire_unless_covered;
use super::file_pool::FilePool;
use super::guard::Guard;
use super::held_lock::{self, HeldLock, Reentry};
use super::lease::{Lease, Source};
use super::missing::open_or_create;
use super::thread_queue::{Key, ThreadQueue, Turn, any_turn_of_threads};
use crate::lock::{Acquired, Error, LockFile, Request, Slots, Threads, Wait, WaitError, WaitState, acquire};
use crate::mode::{AtomicMode, Mode};

/// Acquires the lock on the file that the pool's path leads to, for the calling thread.
pub(super) fn acquire_from(pool: &Arc<FilePool>, mode: Mode, wait_state: &WaitState) -> Result<Guard, Error> {
    let refused = |why| Error::refused(pool.path(), why);
    loop {
        let queue = pool.queue(|| open(pool, mode, wait_state))?;
        if let Some(held) = held_lock::find(queue.number()) {
            match held.reentry(mode, pool.options().nested, wait_state) {
                Reentry::Shares => return Ok(Guard::new(held)),
                Reentry::Refused(why) => return Err(refused(why)),
            }
        }
        if let Some(lease) = acquire_on_queue(pool, &queue, (mode, None), wait_state)? {
            return Ok(Guard::new(HeldLock::new(lease)));
        }
        wait_state.begin_again().map_err(refused)?;
    }
}

/// Acquires the lock on the file that the pool's path leads to, for no thread in particular. If the
/// calling thread holds it, it waits all the same: what it acquires is not its own.
pub(super) fn acquire_for_any_thread(
    pool: &Arc<FilePool>,
    (mode, slots): (Mode, Option<Slots>),
    wait_state: &WaitState,
) -> Result<Lease, Error> {
    loop {
        let queue = pool.queue(|| open(pool, mode, wait_state))?;
        if let Some(mut lease) = acquire_on_queue(pool, &queue, (mode, slots), wait_state)? {
            lease.leave_thread();
            return Ok(lease);
        }
        wait_state.begin_again().map_err(|why| Error::refused(pool.path(), why))?;
    }
}

/// Acquires slots of the lock, which belong to their guard and to no thread. The calling thread does
/// not wait for a lock that it holds alone.
pub(super) fn acquire_slots(
    pool: &Arc<FilePool>,
    slots: Slots,
    wait_state: &WaitState,
) -> Result<Lease, Error> {
    let queue = pool.queue(|| open(pool, Mode::Shared, wait_state))?;
    let held = held_lock::find(queue.number());
    if let Some(held) = held.filter(|held| held.lease.mode() == Mode::Exclusive) {
        return Err(Error::refused(pool.path(), held.would_wait_for_itself(wait_state)));
    }
    acquire_for_any_thread(pool, (Mode::Shared, Some(slots)), wait_state)
}

/// Waits for a turn, and acquires the lock. `None` if the call must start again, as
/// [`acquire_with_turn`] says; by then the turn has ended.
fn acquire_on_queue(
    pool: &Arc<FilePool>,
    queue: &Arc<ThreadQueue>,
    (mode, slots): (Mode, Option<Slots>),
    wait_state: &WaitState,
) -> Result<Option<Lease>, Error> {
    // Whether to look for deadlocks while this call waits for other processes. The kernel knows
    // which process holds a lock, but not which thread. So look in two cases only:
    // - This thread holds a lock. It cannot release it while it waits, so others that wait for
    //   it may close a cycle.
    // - No thread of this process has a turn. Then a lock that the kernel shows for this process
    //   belongs to no thread: it was inherited, is on a caller's descriptor, or has a shared
    //   guard. If this is the only thread, none is about to release it, and the search counts it
    //   only then. A single-threaded command that an ancestor waits for is this case.
    //
    // Otherwise other threads hold locks and can release them, so the wait can end. Asked
    // before `wait_for_turn`, because the turn of this call would count too.
    let holds_others = held_lock::holds_any() || !any_turn_of_threads();
    let attempt = |wait_state: &WaitState| {
        let turn = queue.wait_for_turn(mode, pool.path(), wait_state);
        let turn = turn.map_err(|why| Error::refused(pool.path(), why))?;
        acquire_with_turn(pool, turn, (mode, slots), holds_others, wait_state)
    };
    if mode == Mode::Exclusive && pool.options().coalesce {
        return acquire_unless_covered(pool, queue, || open(pool, mode, wait_state), attempt, wait_state);
    }
    attempt(wait_state)
}

/// Acquires the lock for a thread that has its turn. `None` if the call must start again: the path
/// leads to another file, or another thread of this process upgrades.
fn acquire_with_turn(
    pool: &Arc<FilePool>,
    turn: Turn,
    (mode, slots): (Mode, Option<Slots>),
    holds_others: bool,
    wait_state: &WaitState,
) -> Result<Option<Lease>, Error> {
    let file = pool.get_or_open(|| open(pool, mode, wait_state))?;
    // A newly opened file is not always the one whose queue this is: the path may have been
    // replaced. The other file has another queue, so this turn is worth nothing there.
    if pool.key_of(&file) != turn.queue().key() {
        pool.forget(turn.queue());
        return Ok(None);
    }
    let request = Request {
        mode,
        order: pool.order(),
        nested: pool.options().nested,
        threads: if turn.has_other_readers() { Threads::Share } else { Threads::None },
        holds_others,
        slots,
    };
    let source = match obtain(file, &request, &turn, wait_state) {
        Ok(Acquired::Held(held)) => {
            // The file may have been removed or replaced before it was locked. A lock on it would
            // exclude no process that comes later.
            if !held.is_still_there() {
                drop(held);
                pool.forget(turn.queue());
                return Ok(None);
            }
            Source::Own(held)
        }
        Ok(Acquired::Joined(file, joined)) => {
            pool.put_back(file);
            Source::Joined(joined, AtomicMode::new(mode))
        }
        // Back to the queue, where this reader waits for the end of the upgrade.
        Err((file, WaitError::YieldToUpgrade)) => {
            pool.put_back(file);
            return Ok(None);
        }
        Err((_, WaitError::Moved)) => {
            pool.forget(turn.queue());
            return Ok(None);
        }
        Err((file, why)) => {
            let error = Error::refused(pool.path(), why);
            pool.put_back(file);
            return Err(error);
        }
    };
    Ok(Some(Lease::new(Arc::clone(pool), turn, source)))
}

/// Acquires the lock on an open file, for a thread that has its turn. A reader that has to wait for
/// other processes fails with [`WaitError::YieldToUpgrade`] when another thread of this process
/// upgrades.
pub(super) fn obtain(
    file: LockFile,
    request: &Request,
    turn: &Turn,
    wait_state: &WaitState,
) -> Result<Acquired, (LockFile, WaitError)> {
    if request.mode == Mode::Exclusive || !wait_state.may_wait() {
        return acquire(file, request, wait_state);
    }
    // First without waiting: being cancelled by an upgrade takes a second thread, which most
    // readers do not need. Not if another thread of this process waits for slots: this one would
    // pass it.
    let slots = request.slots.map(|_| ThreadQueue::for_slots(turn.queue().key()));
    let file = if slots.as_ref().is_none_or(|queue| queue.is_idle()) {
        match acquire(file, request, &WaitState::new(Wait::never())) {
            Err((file, WaitError::Busy)) => file,
            ended => return ended,
        }
    } else {
        file
    };
    let _while_waiting = turn.yield_to_upgrade(wait_state);
    let at_slots = slots.map(|queue| queue.wait_for_turn(Mode::Exclusive, &file.path, wait_state));
    match at_slots.transpose() {
        Ok(_while_waiting) => acquire(file, request, wait_state),
        Err(why) => Err((file, why)),
    }
}

/// Identifies the lock that the path leads to, as far as is known: the path may have been replaced
/// since it was opened.
pub(super) fn key_of_path(pool: &FilePool, mode: Mode, wait_state: &WaitState) -> Result<Key, Error> {
    Ok(pool.queue(|| open(pool, mode, wait_state))?.key())
}

fn open(pool: &FilePool, mode: Mode, wait_state: &WaitState) -> Result<LockFile, Error> {
    open_or_create(pool.path(), pool.options(), mode, wait_state)
}
