//! A gate file as a whole process has it open.
//!
//! Record locks are lost as soon as the process closes any descriptor of the file. So a process has
//! one descriptor for each gate file, which all its threads use and the last one closes.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::fcntl::OFlag;

use super::file::{LockFile, above_standard};
use super::unfair::UnfairReason;
use crate::layout::PRESENT;
use crate::mode::{Family, Mode};
use crate::sys::file_id::{FileId, leads_to};
use crate::sys::gate_permissions::is_trusted;
use crate::sys::records::{self, RecordOwner};

/// The gate file as the whole process has it.
#[derive(Debug)]
pub(super) struct OpenGateFile {
    pub(super) lock: FileId,
    pub(super) path: PathBuf,
    pub(super) id: FileId,
    pub(super) file: File,
    pub(super) is_writable: bool,
    /// Whether it shares PRESENT, and had its name then.
    pub(super) is_present: AtomicBool,
    flock: Mutex<ThreadsAtGates>,
    fcntl: Mutex<ThreadsAtGates>,
}

/// What the threads of this process do at the gates of one family.
#[derive(Debug, Default)]
pub(crate) struct ThreadsAtGates {
    /// How many readers have the way in, or wait for it: it is one lock to the kernel.
    pub(crate) readers: usize,
    /// Whether one of them upgrades: an open file conflicts with none of its own locks.
    pub(crate) upgrades: bool,
}

impl OpenGateFile {
    /// What the threads of this process do at the gates of this family.
    pub(super) fn threads(&self, family: Family) -> MutexGuard<'_, ThreadsAtGates> {
        let threads = match family {
            Family::Flock => &self.flock,
            Family::Fcntl => &self.fcntl,
        };
        threads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn trusted(
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
    pub(super) fn become_present(&self) -> io::Result<bool> {
        if !self.is_present.load(Relaxed)
            && records::try_set(&self.file, RecordOwner::Description, PRESENT, Mode::Shared)?
        {
            self.is_present.store(leads_to(&self.path, self.id), Relaxed);
        }
        Ok(self.is_present.load(Relaxed))
    }

    /// Removes the file if no other process uses it. PRESENT is given up first: of two that leave at
    /// the same time, the second must be able to have it alone.
    pub(super) fn remove_if_last(&self) {
        let _ = records::clear(&self.file, RecordOwner::Description, PRESENT);
        let alone = records::try_set(&self.file, RecordOwner::Description, PRESENT, Mode::Exclusive);
        if alone.is_ok_and(|alone| alone) && leads_to(&self.path, self.id) {
            let _ = fs::remove_file(&self.path);
        }
        // The close does not do it if a forked child has the descriptor too.
        let _ = records::clear(&self.file, RecordOwner::Description, PRESENT);
    }
}

/// Opens it to write, so that exclusive gates can be had, or else to read. `O_NONBLOCK` is for a
/// FIFO in its place.
pub(super) fn open_existing(path: &Path) -> io::Result<(File, bool)> {
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

pub(super) fn is_for_want_of_means(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM))
}

pub(super) fn unusable(error: &io::Error) -> UnfairReason {
    match error.raw_os_error() {
        Some(libc::ELOOP | libc::EISDIR | libc::ENXIO) => UnfairReason::NotTrusted,
        code => UnfairReason::NoGateFile(code.unwrap_or(libc::EIO)),
    }
}
