//! The gate file of a lock: an empty file in memory, whose bytes are the gates.
//!
//! It is a file of its own because the lock file belongs to the user, whose commands may lock it
//! with fcntl(2), run it, or watch it. The first waiter creates the gate file and the last one
//! removes it. This file shares one open gate file among the threads of a process; `open_gate_file`
//! is what they share, and decides who is the last.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::file::{LockFile, above_standard};
use super::open_gate_file::{OpenGateFile, ThreadsAtGates, is_out_of_resources, open_existing, unusable};
use super::unfair::UnfairReason;
use crate::mode::Family;
use crate::sys::file_id::{FileId, leads_to};
use crate::sys::fork;
use crate::sys::gate_directory::HAS_GATES;
use crate::sys::gate_permissions::{admits_all, create, may_create};
use crate::sys::per_process::PerProcess;

/// How often a process tries to enter a gate file that others remove.
const TRIES: usize = 1000;

static OPEN: PerProcess<Mutex<Vec<Arc<OpenGateFile>>>> = PerProcess::new();

/// One use of a gate file. Dropping the last one in the process closes the file.
///
/// In a forked child the copy does nothing: record locks are not inherited.
#[derive(Debug, Clone)]
pub(crate) struct GateFile {
    /// `Some` until this is dropped.
    open: Option<Arc<OpenGateFile>>,
    process: u32,
}

impl GateFile {
    /// The gate file, if a trusted one exists: to see whether a process waits.
    ///
    /// # Errors
    /// It exists, and the system has no descriptor or memory left to open it.
    pub(crate) fn look(lock: &LockFile) -> io::Result<Option<Self>> {
        if !HAS_GATES {
            return Ok(None);
        }
        let path = lock.gate_file();
        let mut all = all_open();
        if let Some(known) = find(&all, lock.id) {
            return Ok(Some(known));
        }
        let file = match open_existing(path) {
            Ok(file) => file,
            Err(error) if is_out_of_resources(&error) && path.symlink_metadata().is_ok() => {
                return Err(error);
            }
            Err(_) => return Ok(None),
        };
        let open = OpenGateFile::trusted(lock, &lock.file.metadata()?, file);
        Ok(open.ok().map(|open| Self::add(&mut all, open)))
    }

    /// The gate file, created if need be: to wait at the gates.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub(crate) fn enter(lock: &LockFile) -> Result<Self, UnfairReason> {
        for _ in 0..TRIES {
            let Some(gate_file) = Self::open_or_create(lock)? else { continue };
            // A file that the last user is removing must not be used: try again with a new one.
            if gate_file.open().become_present().map_err(|error| unusable(&error))? {
                return Ok(gate_file);
            }
            drop(gate_file);
            thread::yield_now();
        }
        Err(UnfairReason::NoGateFile(libc::EAGAIN))
    }

    /// `None` if another process has created or removed it meanwhile.
    fn open_or_create(lock: &LockFile) -> Result<Option<Self>, UnfairReason> {
        if !HAS_GATES {
            return Err(UnfairReason::Unsupported);
        }
        let path = lock.gate_file();
        let mut all = all_open();
        if let Some(known) = find(&all, lock.id) {
            return Ok(Some(known));
        }
        let metadata = lock.file.metadata().map_err(|error| unusable(&error))?;
        let opened = match open_existing(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                if !may_create(&lock.path, &metadata) {
                    return Err(UnfairReason::ReadOnly);
                }
                create(path, &metadata).and_then(|file| Ok((above_standard(file)?, true)))
            }
            opened => opened,
        };
        let file = match opened {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(None),
            Err(error) => return Err(unusable(&error)),
        };
        Ok(Some(Self::add(&mut all, OpenGateFile::trusted(lock, &metadata, file)?)))
    }

    fn add(all: &mut Vec<Arc<OpenGateFile>>, open: OpenGateFile) -> Self {
        let open = Arc::new(open);
        all.push(Arc::clone(&open));
        Self::new(open)
    }

    fn new(open: Arc<OpenGateFile>) -> Self {
        Self { open: Some(open), process: fork::process() }
    }

    fn open(&self) -> &OpenGateFile {
        self.open.as_ref().expect("some until this is dropped")
    }

    /// The file on which the gates are locked.
    pub(crate) fn file(&self) -> &File {
        &self.open().file
    }

    /// Whether a gate can be locked exclusively.
    pub(crate) fn is_writable(&self) -> bool {
        self.open().is_writable
    }

    /// Whether every user who may lock the lock file can open this file, and trusts it.
    pub(crate) fn is_seen_by_all(&self, lock: &LockFile) -> bool {
        let both = (self.file().metadata(), lock.file.metadata());
        matches!(both, (Ok(gate), Ok(lock)) if admits_all(&gate, &lock))
    }

    /// Whether its path still leads to it: it does, unless a user removed it by hand.
    pub(crate) fn is_still_there(&self) -> bool {
        leads_to(&self.open().path, self.open().id)
    }

    /// Whether this is the process that opened it, not a forked child.
    pub(crate) fn is_ours(&self) -> bool {
        self.process == fork::process()
    }

    /// What this process' threads do at the gates of this family.
    pub(crate) fn threads(&self, family: Family) -> MutexGuard<'_, ThreadsAtGates> {
        self.open().threads(family)
    }
}

impl Drop for GateFile {
    fn drop(&mut self) {
        let Some(open) = self.open.take().filter(|_| self.is_ours()) else { return };
        let mut all = all_open();
        let at = all.iter().position(|known| Arc::ptr_eq(known, &open));
        drop(open);
        if let Some(at) = at.filter(|&at| Arc::strong_count(&all[at]) == 1) {
            // The list stays locked until the file is closed: if another thread opened it before,
            // the close would drop that thread's record locks.
            all.swap_remove(at).remove_if_last();
        }
    }
}

/// The gate file that this process has open, unless a user removed it by hand: then other processes
/// use a new one.
fn find(all: &[Arc<OpenGateFile>], lock: FileId) -> Option<GateFile> {
    let found = all.iter().find(|open| open.lock == lock && leads_to(&open.path, open.id));
    found.map(|open| GateFile::new(Arc::clone(open)))
}

fn all_open() -> MutexGuard<'static, Vec<Arc<OpenGateFile>>> {
    OPEN.get().lock().unwrap_or_else(PoisonError::into_inner)
}
