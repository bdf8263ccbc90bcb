//! The last step: the main lock, with respect for one that converts it.

use std::io;

use super::file::LockFile;
use super::gate_file::GateFile;
use super::main_lock;
use super::upgrade_gate;
use super::wait_error::GaveUp;
use super::wait_state::Patience;
use crate::mode::Mode;

/// Takes the main lock if it is free; `false` if it is not, or is on its way from one mode to the
/// other.
pub(crate) fn try_enter(lock: &LockFile, mode: Mode) -> io::Result<bool> {
    Ok(main_lock::try_lock(lock, mode)? && gives_way(lock, mode)?.is_none())
}

/// Takes the main lock, sleeping until it is free.
pub(crate) fn enter(lock: &LockFile, mode: Mode, patience: &Patience) -> Result<(), GaveUp> {
    loop {
        patience.block(|| main_lock::lock(lock, mode))?;
        match gives_way(lock, mode).map_err(GaveUp::Failed)? {
            Some(upgrade) => upgrade_gate::wait_until_over(&upgrade, lock.family, patience)?,
            None => return Ok(()),
        }
    }
}

/// Gives the lock back if it is just being upgraded. It is looked for when the lock is held: an
/// upgrade that begins later has to wait for us.
fn gives_way(lock: &LockFile, mode: Mode) -> io::Result<Option<GateFile>> {
    if mode == Mode::Shared {
        return Ok(None);
    }
    let upgrade = upgrade_gate::under_way(lock);
    if !matches!(upgrade, Ok(None)) {
        main_lock::unlock(lock)?;
    }
    upgrade
}
