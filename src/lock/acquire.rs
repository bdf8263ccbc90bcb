//! Acquires one lock: through the gates to the main lock.
//!
//! The first attempt does not wait. If that fails and waiting is allowed, the same path is taken
//! again, blocking in the kernel at every closed gate. Both attempts keep the order of the gates:
//! the first one acquires the lock only if no other process waits for it.
//!
//! The next step is `gates`, and from there `main_lock`. `enter`, the last step here, also yields
//! to a holder that upgrades.

use std::io;

use super::deadlock_watch::{DeadlockWatch, WatchFor};
use super::file::{LockFile, Reopened, open_again_for_writing};
use super::gate_file::GateFile;
use super::gates::{Gates, Side};
use super::held::{Entry, Held};
use super::request::{Nested, Request, Slots, Threads};
use super::share::Joined;
use super::slot_line::SlotLine;
use super::slots;
use super::wait_error::WaitError;
use super::wait_state::WaitState;
use super::{main_lock, upgrade};
use crate::holders::{LockId, holding_above, inherited, own_pid, slots_through};
use crate::mode::Mode;
use crate::sys::fd::duplicate;

/// What the caller has now.
#[derive(Debug)]
pub(crate) enum Acquired {
    Held(Held),
    /// A lock that this process has inherited, and that suffices. The file was not needed.
    Joined(LockFile, Joined),
}

/// What an attempt obtained for the file.
enum Obtained {
    Entered(Entry),
    Joined(Joined),
}

/// Acquires the lock on an open file. After an error nothing is held, and the file is returned.
pub(crate) fn acquire(
    mut lock: LockFile,
    request: &Request,
    wait_state: &WaitState,
) -> Result<Acquired, (LockFile, WaitError)> {
    let mut obtained = obtain(&lock, request, wait_state);
    let may_lack_access = obtained.as_ref().is_err_and(WaitError::may_lack_access);
    if request.mode == Mode::Exclusive && lock.is_ours && may_lack_access {
        match open_again_for_writing(&lock) {
            Reopened::Same(writable) => {
                lock.file = writable;
                obtained = obtain(&lock, request, wait_state);
            }
            Reopened::Moved => obtained = Err(WaitError::Moved),
            Reopened::NotAllowed => {}
        }
    }
    match obtained {
        Ok(Obtained::Entered(entry)) => Ok(Acquired::Held(Held::new(lock, request.mode, entry))),
        Ok(Obtained::Joined(joined)) => Ok(Acquired::Joined(lock, joined)),
        Err(why) => Err((lock, why)),
    }
}

/// Tries without waiting, then an inherited lock, then waits.
fn obtain(lock: &LockFile, request: &Request, wait_state: &WaitState) -> Result<Obtained, WaitError> {
    // Of slots there may be a free one, and a nested command is still to run in its parent's.
    if let Some(joined) = request.slots.and_then(|_| join(lock, request)) {
        return Ok(Obtained::Joined(joined));
    }
    let mut side = Side::of(request.mode, request.order);
    let mut open = side.finds_the_gates_open(lock) && (request.slots.is_none() || SlotLine::is_empty(lock));
    // One that waits for slots may come to gates that are closed by then.
    let may_be_below_reader = side == Side::Reader && (!open || request.slots.is_some());
    if !open && may_be_below_reader && !wait_state.may_wait() && is_below_reader(lock, request.threads) {
        open = true;
    }
    if open {
        if let Some(slots) = try_enter(lock, request).map_err(WaitError::Failed)? {
            return Ok(Obtained::Entered(Entry { slots, ..entered_at_once(lock, side) }));
        }
    }
    if let Some(joined) = join(lock, request) {
        return Ok(Obtained::Joined(joined));
    }
    wait_state.begin(&lock.path)?;
    if waits_among_slots(lock, request) {
        side = Side::FairWriter;
    }
    if side != Side::Bypass || request.slots.is_some() {
        wait_state.stop_at_gates();
    }
    // No process waits for a thread that holds nothing, so its wait closes no cycle.
    let nested = request.holds_others.then_some(request.nested);
    let mut watch_for = WatchFor { mode: request.mode, nested, may_be_below_reader, slots: request.slots };
    loop {
        let watch = DeadlockWatch::start(lock, watch_for, wait_state);
        let entered = match request.slots {
            Some(slots) => wait_for_slots(lock, slots, side, wait_state),
            None => wait(lock, request.mode, side, wait_state),
        };
        drop(watch);
        match entered {
            // The watch found a reader above this one: the second time without gates.
            Err(WaitError::BelowReader) => {
                (side, watch_for.may_be_below_reader) = (Side::Bypass, false);
            }
            entered => return entered.map(Obtained::Entered),
        }
    }
}

/// Whether a plain mutex has to wait for the holders of slots. It then waits at the gates as a fair
/// writer does, for otherwise new holders would keep it out.
fn waits_among_slots(lock: &LockFile, request: &Request) -> bool {
    request.mode == Mode::Exclusive && request.order.is_none() && slots::are_used(lock)
}

/// A preferring writer closes its gate to readers, although it did not have to wait.
fn entered_at_once(lock: &LockFile, side: Side) -> Entry {
    let gates = if side == Side::PreferringWriter { Gates::arrive(lock, side) } else { Ok(None) };
    match gates {
        Ok(gates) => Entry { intent: gates.and_then(Gates::announce), ..Entry::default() },
        Err(why) => Entry { unfair_reason: Some(why), ..Entry::default() },
    }
}

/// Waits at the gates, and then for the main lock. Where the gates cannot be used, waits for the
/// main lock alone.
fn wait(lock: &LockFile, mode: Mode, side: Side, wait_state: &WaitState) -> Result<Entry, WaitError> {
    let (mut gates, unfair_reason) = match Gates::arrive(lock, side) {
        Ok(gates) => (gates, None),
        Err(why) => (None, Some(why)),
    };
    if let Some(gates) = &mut gates {
        gates.pass(lock, wait_state)?;
    }
    enter(lock, mode, wait_state)?;
    Ok(Entry { intent: gates.and_then(Gates::entered), unfair_reason, slots: Vec::new() })
}

/// Waits in the line for slots, and then for the slots. A process that stands before a writer leaves
/// the line meanwhile: all who wait for that writer get in together after it.
fn wait_for_slots(
    lock: &LockFile,
    slots: Slots,
    side: Side,
    wait_state: &WaitState,
) -> Result<Entry, WaitError> {
    let stand_in_line = || match side {
        Side::Bypass => Ok(None),
        _ => SlotLine::wait(lock, wait_state).map(Some),
    };
    let mut line = stand_in_line()?;
    let is_in = side.finds_the_gates_open(lock)
        && main_lock::try_lock(lock, Mode::Shared).map_err(WaitError::Failed)?;
    let (mut entry, mut taken) = (Entry::default(), Ok(Vec::new()));
    if !is_in {
        drop(line.take());
        slots::announce(lock, slots);
        entry = wait(lock, Mode::Shared, side, wait_state).inspect_err(|_| drop(slots::release(lock)))?;
        taken = stand_in_line().map(|again| line = again).map(|()| Vec::new());
    }
    if taken.is_ok() {
        taken = slots::take(lock, slots, wait_state);
    }
    if taken.is_err() {
        let _ = slots::release(lock);
        main_lock::unlock(lock).map_err(WaitError::Failed)?;
    }
    let not_in_line = line.as_ref().and_then(|line| line.unfair_reason);
    taken.map(|slots| Entry { unfair_reason: entry.unfair_reason.or(not_in_line), slots, ..entry })
}

/// Acquires the main lock if it is free and no holder upgrades it, and the slots, if there are
/// enough; returns the slots.
fn try_enter(lock: &LockFile, request: &Request) -> io::Result<Option<Vec<u32>>> {
    if let Some(wanted) = request.slots {
        slots::announce(lock, wanted);
    }
    let is_in = main_lock::try_lock(lock, request.mode)
        .and_then(|is_in| Ok(is_in && yield_to_upgrade(lock, request.mode)?.is_none()));
    let Some(wanted) = request.slots else { return Ok(is_in?.then(Vec::new)) };
    let taken = is_in.and_then(|is_in| if is_in { slots::try_take(lock, wanted) } else { Ok(None) });
    if !matches!(taken, Ok(Some(_))) {
        let unlocked = main_lock::unlock(lock);
        slots::release(lock)?;
        unlocked?;
    }
    taken
}

/// Acquires the main lock, blocking until it is free and no holder upgrades it.
fn enter(lock: &LockFile, mode: Mode, wait_state: &WaitState) -> Result<(), WaitError> {
    loop {
        main_lock::lock(lock, mode, wait_state)?;
        match yield_to_upgrade(lock, mode).map_err(WaitError::Failed)? {
            Some(upgrade) => upgrade::wait_until_over(&upgrade, lock.family, wait_state)?,
            None => return Ok(()),
        }
    }
}

/// Releases the exclusive lock again if a holder is upgrading: flock(2) has dropped that holder's
/// shared lock, and this process got in between. The check comes after the lock was acquired, so an
/// upgrade that begins later has to wait for this process.
fn yield_to_upgrade(lock: &LockFile, mode: Mode) -> io::Result<Option<GateFile>> {
    if mode == Mode::Shared {
        return Ok(None);
    }
    let upgrade = upgrade::under_way(lock);
    if !matches!(upgrade, Ok(None)) {
        main_lock::unlock(lock)?;
    }
    upgrade
}

/// The lock that this process has inherited, if the request is to join it and its mode suffices.
fn join(lock: &LockFile, request: &Request) -> Option<Joined> {
    if request.nested != Nested::Join {
        return None;
    }
    let has_slots = |descriptor, Slots { count, take }| {
        slots_through(descriptor).iter().filter(|&&number| number < count).count() >= take as usize
    };
    let suffices = |&(descriptor, mode): &(i32, Mode)| {
        (mode == Mode::Exclusive || request.mode == Mode::Shared)
            && request.slots.is_none_or(|slots| has_slots(descriptor, slots))
    };
    let (descriptor, mode) = inherited(&lock.file, lock.family).filter(suffices)?;
    let file = duplicate(descriptor).ok()?;
    let inherited = LockFile::new(lock.path.clone(), file, lock.id, false, lock.family);
    Some(Joined::new(inherited, mode))
}

/// Whether this process or one above it holds the lock shared: a writer at the gates waits for that
/// reader, which may wait for this process.
fn is_below_reader(lock: &LockFile, threads: Threads) -> bool {
    let (Ok(id), Ok(own)) = (LockId::of_descriptor(&lock.file), own_pid()) else { return false };
    let above = holding_above(id, lock.family, own, threads == Threads::None);
    above.is_some_and(|above| above.mode == Mode::Shared)
}
