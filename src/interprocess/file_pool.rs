//! The path of a lock, and its open files that can be used again.
//!
//! Each acquisition needs an open file of its own, because the kernel's lock belongs to the open
//! file: two threads with one open file would convert each other's lock instead of excluding each
//! other. After a release the file goes back to the pool and stays open, which saves the next
//! acquisition the open(2). In exchange, each acquisition checks that the path still leads to the
//! file.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::options::LockOptions;
use super::thread_queue::{Key, ThreadQueue};
use crate::lock::{Error, LockFile};
use crate::sys::per_process::PerProcess;
use crate::thread::Preference;

/// How many idle files stay open. A pool has as many as threads held the lock at the same time.
const MAX_IDLE: usize = 16;

/// A path, the options of its lock, and the open files that no guard uses.
#[derive(Debug)]
pub(super) struct FilePool {
    path: PathBuf,
    options: LockOptions,
    /// Who goes first at the gates; `None` for first come, first served.
    order: Option<Preference>,
    /// A forked child starts with an empty pool: its parent's open files are shared with the
    /// parent, and so are the locks on them.
    idle: PerProcess<Mutex<Idle>>,
}

/// The idle files are all open files of one file, the one that the queue is for.
#[derive(Debug, Default)]
struct Idle {
    files: Vec<LockFile>,
    queue: Option<Arc<ThreadQueue>>,
}

impl FilePool {
    pub(super) fn new(path: PathBuf, options: LockOptions, order: Option<Preference>) -> Arc<Self> {
        Arc::new(Self { path, options, order, idle: PerProcess::new() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn order(&self) -> Option<Preference> {
        self.order
    }

    pub(super) fn options(&self) -> &LockOptions {
        &self.options
    }

    /// The thread queue of the file that the path led to when it was last opened. Opens the file if
    /// none has been opened.
    pub(super) fn queue(
        &self,
        open: impl FnOnce() -> Result<LockFile, Error>,
    ) -> Result<Arc<ThreadQueue>, Error> {
        if let Some(queue) = &self.idle().queue {
            return Ok(Arc::clone(queue));
        }
        // The pool is not locked here: opening may wait for the holder of a removed file. Another
        // thread may do the same meanwhile; the last one's file is kept.
        let file = open()?;
        let queue = ThreadQueue::of(self.key_of(&file), self.options.preference);
        let mut idle = self.idle();
        idle.files.clear();
        idle.files.push(file);
        idle.queue = Some(Arc::clone(&queue));
        Ok(queue)
    }

    /// An idle file, or a new one. The caller must compare its key with that of its queue: the path
    /// may lead to another file than before.
    pub(super) fn get_or_open(
        &self,
        open: impl FnOnce() -> Result<LockFile, Error>,
    ) -> Result<LockFile, Error> {
        let idle = self.idle().files.pop();
        idle.map_or_else(open, Ok)
    }

    /// Keeps a file that holds no lock, for the next acquisition. Closes it instead if the pool is
    /// full, or has another file by now.
    pub(super) fn put_back(&self, file: LockFile) {
        let key = self.key_of(&file);
        let mut idle = self.idle();
        if idle.files.len() < MAX_IDLE && idle.queue.as_ref().is_some_and(|queue| queue.key() == key) {
            idle.files.push(file);
        }
    }

    /// Empties the pool, because the path leads to another file than that of this queue. Does
    /// nothing if another thread has done so already.
    pub(super) fn forget(&self, queue: &Arc<ThreadQueue>) {
        let mut idle = self.idle();
        if idle.queue.as_ref().is_some_and(|known| Arc::ptr_eq(known, queue)) {
            *idle = Idle::default();
        }
    }

    pub(super) fn key_of(&self, file: &LockFile) -> Key {
        (file.id, self.options.family)
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.get().lock().unwrap_or_else(PoisonError::into_inner)
    }
}
