//! COALESCE: the gate of the one request that waits to run for all those that leave.
//!
//! Some commands need not run once for each request: a reload, or the rebuild of a cache. A run
//! covers every request that was made before it started. So of the requests that coalesce one
//! waits at most, and the others leave.
//!
//! The waiter locks the byte COALESCE of the gate file before it waits, and unlocks it when it
//! holds the main lock, before its command starts. A request that finds the byte locked leaves. It
//! has begun before it looked, and the command of the waiter starts after that look, so the command
//! covers it. No process ever blocks at this byte, and it admits none. If it cannot be locked,
//! requests wait as usual and each of them runs.
//!
//! Only an exclusive lock counts, which needs a gate file that is open for writing: a user who may
//! only read the lock cannot make others leave.
//!
//! The byte is a classic record lock, so the kernel names the waiter, and unlocks the byte if the
//! waiter is killed; then the next request waits.

use std::process;

use super::file::LockFile;
use super::gate_file::GateFile;
use super::open_gate_file::unusable;
use super::unfair::UnfairReason;
use super::wait_error::WaitError;
use crate::holders::waiter;
use crate::layout::Gate;
use crate::mode::{Family, Mode};
use crate::sys::records::{self, RecordOwner};

/// How often a request tries to lock the byte while others start one after another.
const TRIES: usize = 10;

/// COALESCE, locked by this process until this is dropped.
#[derive(Debug)]
pub(crate) struct CoalesceGate {
    file: GateFile,
    family: Family,
}

impl CoalesceGate {
    /// Looks for a request that waits to run. Locks nothing.
    ///
    /// # Errors
    /// [`WaitError::Covered`] if there is one.
    pub(crate) fn look(lock: &LockFile) -> Result<(), WaitError> {
        let Ok(Some(file)) = GateFile::look(lock) else { return Ok(()) };
        waiting(&file, lock.family).map_or(Ok(()), |pid| Err(covered_by(pid, lock.family)))
    }

    /// Becomes the request that waits to run; or `None`, and why that is impossible.
    ///
    /// # Errors
    /// [`WaitError::Covered`] if another request is faster.
    pub(crate) fn enter(lock: &LockFile) -> Result<(Option<Self>, Option<UnfairReason>), WaitError> {
        let file = match GateFile::enter(lock) {
            Ok(file) if file.is_writable() => file,
            Ok(_) => return Ok((None, Some(UnfairReason::ReadOnly))),
            Err(why) => return Ok((None, Some(why))),
        };
        for _ in 0..TRIES {
            match try_lock(&file, lock.family) {
                Ok(true) => return Ok((Some(Self { file, family: lock.family }), None)),
                Ok(false) => {}
                Err(error) => return Ok((None, Some(unusable(&error)))),
            }
            if let Some(pid) = waiting(&file, lock.family) {
                return Err(covered_by(pid, lock.family));
            }
        }
        // Others start one after another, or a user who may only read the lock shares the byte. To
        // wait as usual is always right.
        Ok((None, Some(UnfairReason::NoGateFile(libc::EAGAIN))))
    }
}

impl Drop for CoalesceGate {
    fn drop(&mut self) {
        if self.file.is_ours() {
            let mut threads = self.file.threads(self.family);
            let _ = records::clear(self.file.file(), RecordOwner::Process, Gate::of(self.family).coalesce());
            threads.coalesces = false;
        }
    }
}

/// Locks the byte for this thread. To the kernel all threads of a process are one, so the process
/// remembers which of its threads has it.
fn try_lock(file: &GateFile, family: Family) -> std::io::Result<bool> {
    let mut threads = file.threads(family);
    if !threads.coalesces {
        let byte = Gate::of(family).coalesce();
        threads.coalesces = records::try_set(file.file(), RecordOwner::Process, byte, Mode::Exclusive)?;
        return Ok(threads.coalesces);
    }
    Ok(false)
}

/// The process whose request waits to run; 0 if it has no number here, as in another container.
/// `None` if there is none, or it cannot be seen.
fn waiting(file: &GateFile, family: Family) -> Option<u32> {
    if file.threads(family).coalesces {
        return Some(process::id());
    }
    let pid = records::exclusive_holder(file.file(), Gate::of(family).coalesce()).ok()??;
    Some(u32::try_from(pid).unwrap_or_default())
}

fn covered_by(pid: u32, family: Family) -> WaitError {
    let waiter = (pid != 0).then(|| waiter(pid, Mode::Exclusive, family));
    WaitError::Covered(waiter.map(Box::new))
}
