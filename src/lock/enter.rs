//! The last step: the main lock, with respect for one who converts it.

use std::io;

use super::conversion;
use super::file::LockFile;
use super::gave_up::GaveUp;
use super::main_lock;
use super::mode::Mode;
use super::patience::Patience;

/// Takes the main lock if it is free; `false` if it is not, or is on its way
/// from one mode to the other.
pub(crate) fn try_enter(lock: &LockFile, mode: Mode) -> io::Result<bool> {
    Ok(main_lock::try_lock(lock, mode)? && !gives_way(lock, mode)?)
}

/// Takes the main lock, sleeping until it is free.
pub(crate) fn enter(lock: &LockFile, mode: Mode, patience: &Patience) -> Result<(), GaveUp> {
    loop {
        patience.block(|| main_lock::lock(lock, mode))?;
        if !gives_way(lock, mode).map_err(GaveUp::Failed)? {
            return Ok(());
        }
        conversion::wait_until_over(lock, patience)?;
    }
}

/// Gives the lock back again if somebody was just converting it.
fn gives_way(lock: &LockFile, mode: Mode) -> io::Result<bool> {
    let gives_way = mode == Mode::Exclusive && conversion::is_under_way(lock);
    if gives_way {
        main_lock::unlock(lock)?;
    }
    Ok(gives_way)
}
