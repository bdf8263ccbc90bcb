//! The gate file of a lock: an empty file in memory, on whose bytes the waiters stand in order.
//!
//! It lies beside the lock file and not in it, because the lock file is the user's: its commands
//! may lock it with fcntl(2), run it, or watch it. The first waiter creates it and the last one
//! removes it. Each user of it shares the byte PRESENT, and whoever can have that byte alone is the
//! last. PRESENT belongs to the open file, not to the process, so no close of another descriptor
//! can lose it.
//!
//! Record locks are lost as soon as the process closes any descriptor of the file. So a process has
//! one descriptor for each gate file, which all its threads use and the last one closes.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use nix::fcntl::OFlag;

use super::file::LockFile;
use super::file::above_standard;
use super::unfair::UnfairReason;
use crate::layout::PRESENT;
use crate::mode::{Family, Mode};
use crate::sys::file_id::{FileId, leads_to};
use crate::sys::fork;
use crate::sys::gate_directory::HAS_GATES;
use crate::sys::gate_permissions::{admits_all, create, is_trusted, may_create};
use crate::sys::per_process::PerProcess;
use crate::sys::records::{self, Owner};

/// So often a process tries to use the gate file while others remove it.
const TRIES: usize = 1000;

static OPEN: PerProcess<Mutex<Vec<Arc<Open>>>> = PerProcess::new();

/// One use of a gate file, until it is dropped.
///
/// In a forked child the copy does nothing.
#[derive(Debug, Clone)]
pub(crate) struct GateFile {
    /// There until this is dropped.
    open: Option<Arc<Open>>,
    process: u32,
}

/// The gate file as the whole process has it.
#[derive(Debug)]
struct Open {
    lock: FileId,
    path: PathBuf,
    id: FileId,
    file: File,
    is_writable: bool,
    /// Whether it shares PRESENT, and had its name then.
    is_present: AtomicBool,
    flock: Mutex<Threads>,
    fcntl: Mutex<Threads>,
}

/// What the threads of this process do at the gates of one family.
#[derive(Debug, Default)]
pub(crate) struct Threads {
    /// Request many readers have the way in, or wait for it: it is one lock to the kernel.
    pub(crate) readers: usize,
    /// Whether one of them upgrades: an open file conflicts with none of its own locks.
    pub(crate) upgrades: bool,
}

impl GateFile {
    /// The gate file, if there is one that can be trusted: to look whether anybody waits.
    ///
    /// # Errors
    /// There is one, and there are no means left to look at it.
    pub(crate) fn look(lock: &LockFile) -> io::Result<Option<Self>> {
        if !HAS_GATES {
            return Ok(None);
        }
        let path = lock.gate_file();
        let mut all = all_open();
        if let Some(open) = find(&all, lock.id) {
            return Ok(Some(Self::new(open)));
        }
        let file = match open_existing(path) {
            Ok(file) => file,
            Err(error) if is_for_want_of_means(&error) && path.symlink_metadata().is_ok() => {
                return Err(error);
            }
            Err(_) => return Ok(None),
        };
        let open = Open::trusted(lock, &lock.file.metadata()?, file);
        Ok(open.ok().map(|open| Self::add(&mut all, open)))
    }

    /// The gate file, created if need be: to wait in it.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub(crate) fn enter(lock: &LockFile) -> Result<Self, UnfairReason> {
        for _ in 0..TRIES {
            let Some(gate_file) = Self::open_or_create(lock)? else { continue };
            if gate_file.open().become_present().map_err(|error| unusable(&error))? {
                return Ok(gate_file);
            }
            drop(gate_file);
            thread::yield_now();
        }
        Err(UnfairReason::NoGateFile(libc::EAGAIN))
    }

    /// `None` if another process has just created or removed it.
    fn open_or_create(lock: &LockFile) -> Result<Option<Self>, UnfairReason> {
        if !HAS_GATES {
            return Err(UnfairReason::Unsupported);
        }
        let path = lock.gate_file();
        let mut all = all_open();
        if let Some(open) = find(&all, lock.id) {
            return Ok(Some(Self::new(open)));
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
        Ok(Some(Self::add(&mut all, Open::trusted(lock, &metadata, file)?)))
    }

    fn add(all: &mut Vec<Arc<Open>>, open: Open) -> Self {
        let open = Arc::new(open);
        all.push(Arc::clone(&open));
        Self::new(open)
    }

    fn new(open: Arc<Open>) -> Self {
        Self { open: Some(open), process: fork::process() }
    }

    fn open(&self) -> &Open {
        self.open.as_ref().expect("it is there until this is dropped")
    }

    /// What the gates are locked on.
    pub(crate) fn file(&self) -> &File {
        &self.open().file
    }

    /// Whether an exclusive gate can be had on it.
    pub(crate) fn is_writable(&self) -> bool {
        self.open().is_writable
    }

    /// Whether all who may lock the lock file can see this one, and trust it.
    pub(crate) fn is_seen_by_all(&self, lock: &LockFile) -> bool {
        let both = (self.file().metadata(), lock.file.metadata());
        matches!(both, (Ok(gate), Ok(lock)) if admits_all(&gate, &lock))
    }

    /// Whether its name still leads to it: it does, unless it was removed by hand.
    pub(crate) fn is_still_there(&self) -> bool {
        leads_to(&self.open().path, self.open().id)
    }

    /// Whether this is the process that opened it, not a forked child.
    pub(crate) fn is_ours(&self) -> bool {
        self.process == fork::process()
    }

    /// What this process' threads do at the gates of this family.
    pub(crate) fn threads(&self, family: Family) -> MutexGuard<'_, Threads> {
        let threads = match family {
            Family::Flock => &self.open().flock,
            Family::Fcntl => &self.open().fcntl,
        };
        threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for GateFile {
    fn drop(&mut self) {
        let Some(open) = self.open.take().filter(|_| self.is_ours()) else { return };
        let mut all = all_open();
        let at = all.iter().position(|known| Arc::ptr_eq(known, &open));
        drop(open);
        if let Some(at) = at.filter(|&at| Arc::strong_count(&all[at]) == 1) {
            // It is closed before another thread can open it, for that one's locks would be lost.
            all.swap_remove(at).remove_if_last();
        }
    }
}

impl Open {
    fn trusted(
        lock: &LockFile,
        metadata: &Metadata,
        (file, is_writable): (File, bool),
    ) -> Result<Self, UnfairReason> {
        let found = file.metadata().map_err(|error| unusable(&error))?;
        if !is_trusted(&found, metadata) {
            return Err(UnfairReason::NotTrusted);
        }
        Ok(Self {
            lock: lock.id,
            path: lock.gate_file().to_owned(),
            id: FileId::from(&found),
            file,
            is_writable,
            is_present: AtomicBool::new(false),
            flock: Mutex::default(),
            fcntl: Mutex::default(),
        })
    }

    /// Shares PRESENT; `false` if the file has been removed, or just is.
    fn become_present(&self) -> io::Result<bool> {
        if !self.is_present.load(Relaxed)
            && records::try_set(&self.file, Owner::Description, PRESENT, Mode::Shared)?
        {
            self.is_present.store(leads_to(&self.path, self.id), Relaxed);
        }
        Ok(self.is_present.load(Relaxed))
    }

    /// Removes the file if no other process uses it. PRESENT is given up first: of two that leave at
    /// the same time, the second must be able to have it alone.
    fn remove_if_last(&self) {
        let _ = records::clear(&self.file, Owner::Description, PRESENT);
        let alone = records::try_set(&self.file, Owner::Description, PRESENT, Mode::Exclusive);
        if alone.is_ok_and(|alone| alone) && leads_to(&self.path, self.id) {
            let _ = fs::remove_file(&self.path);
        }
        // The close does not do it if a forked child has the descriptor too.
        let _ = records::clear(&self.file, Owner::Description, PRESENT);
    }
}

/// Opens it to write, so that exclusive gates can be had, or else to read. `O_NONBLOCK` is for a
/// FIFO in its place.
fn open_existing(path: &Path) -> io::Result<(File, bool)> {
    let open = |write: bool| {
        let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
        OpenOptions::new().read(true).write(write).custom_flags(flags.bits()).open(path)
    };
    let opened = match open(true) {
        Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {
            open(false).map(|file| (file, false))
        }
        opened => opened.map(|file| (file, true)),
    };
    opened.and_then(|(file, is_writable)| Ok((above_standard(file)?, is_writable)))
}

fn is_for_want_of_means(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM))
}

fn unusable(error: &io::Error) -> UnfairReason {
    match error.raw_os_error() {
        Some(libc::ELOOP | libc::EISDIR | libc::ENXIO) => UnfairReason::NotTrusted,
        code => UnfairReason::NoGateFile(code.unwrap_or(libc::EIO)),
    }
}

/// The one that this process has open, unless it was removed by hand: then others use a new one.
fn find(all: &[Arc<Open>], lock: FileId) -> Option<Arc<Open>> {
    all.iter().find(|open| open.lock == lock && leads_to(&open.path, open.id)).map(Arc::clone)
}

fn all_open() -> MutexGuard<'static, Vec<Arc<Open>>> {
    OPEN.get().lock().unwrap_or_else(PoisonError::into_inner)
}
