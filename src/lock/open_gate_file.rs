//! An open gate file, which all threads of a process share, and its removal by the last process.
//!
//! A process loses its record locks on a file when it closes any descriptor of that file. So it has
//! one descriptor for each gate file; all its threads use it, and the last one closes it.
//!
//! Each process that waits shares the byte PRESENT. The last one finds that it can lock PRESENT
//! alone, and removes the file under that lock. Two races are excluded:
//!
//! - **Two processes leave at the same time.** Each first releases its share of PRESENT, and then
//!   tries to lock it exclusively. If each tried first, both could fail because of the other's
//!   share, and the file would stay. Here the one that releases last finds it free, unless the
//!   other one is removing the file just then.
//! - **A process arrives while another one removes the file.** It opened the file by its path,
//!   shares PRESENT, and only then checks that the path still leads to the file. If the remover
//!   locked PRESENT first, the share fails; if the file is gone already, the check fails; either
//!   way the process tries again with a new file. If the share came first, the remover cannot lock
//!   PRESENT.
//!
//! PRESENT belongs to the open file, not to the process, so closing another descriptor cannot drop
//! it. If a process is killed, the kernel drops its share, and the next user removes the file.

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

/// A gate file that this process has open.
#[derive(Debug)]
pub(super) struct OpenGateFile {
    pub(super) lock: FileId,
    pub(super) path: PathBuf,
    pub(super) id: FileId,
    pub(super) file: File,
    pub(super) is_writable: bool,
    /// Whether the process shares PRESENT, and the path led to the file after that.
    pub(super) is_present: AtomicBool,
    flock: Mutex<ThreadsAtGates>,
    fcntl: Mutex<ThreadsAtGates>,
}

/// What the threads of this process do at the gates of one family.
#[derive(Debug, Default)]
pub(crate) struct ThreadsAtGates {
    /// How many readers share the gates or wait for them; to the kernel they are one lock.
    pub(crate) readers: usize,
    /// Whether one of them upgrades. The kernel cannot keep two apart, for locks of one open file
    /// do not conflict.
    pub(crate) upgrades: bool,
    /// Whether one of them has COALESCE.
    pub(crate) coalesces: bool,
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

    /// Checks that the file may serve as the gate file of this lock.
    ///
    /// # Errors
    /// It may not, or cannot be examined.
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

    /// Shares PRESENT; `false` if another process has removed the file or is removing it. The path
    /// is checked after the share: from then on no process can remove the file.
    pub(super) fn become_present(&self) -> io::Result<bool> {
        if !self.is_present.load(Relaxed)
            && records::try_set(&self.file, RecordOwner::Description, PRESENT, Mode::Shared)?
        {
            self.is_present.store(leads_to(&self.path, self.id), Relaxed);
        }
        Ok(self.is_present.load(Relaxed))
    }

    /// Removes the file if no other process uses it.
    pub(super) fn remove_if_last(&self) {
        // First the release: of two that leave at the same time, one must find PRESENT free.
        let _ = records::clear(&self.file, RecordOwner::Description, PRESENT);
        let alone = records::try_set(&self.file, RecordOwner::Description, PRESENT, Mode::Exclusive);
        // A new file may be at the path if a user removed this one by hand.
        if alone.is_ok_and(|alone| alone) && leads_to(&self.path, self.id) {
            let _ = fs::remove_file(&self.path);
        }
        // The close does not release it if a forked child has the descriptor too.
        let _ = records::clear(&self.file, RecordOwner::Description, PRESENT);
    }
}

/// Opens a gate file for writing, which exclusive gates need, or else for reading. `O_NOFOLLOW` and
/// `O_NONBLOCK` guard against a link or a FIFO that a user put there.
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

pub(super) fn is_out_of_resources(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM))
}

pub(super) fn unusable(error: &io::Error) -> UnfairReason {
    match error.raw_os_error() {
        Some(libc::ELOOP | libc::EISDIR | libc::ENXIO) => UnfairReason::NotTrusted,
        code => UnfairReason::NoGateFile(code.unwrap_or(libc::EIO)),
    }
}
