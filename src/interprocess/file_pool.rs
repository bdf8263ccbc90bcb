//! Where a lock is, and the files of it that are open and wait to be used again.
//!
//! Each taking has an open file of its own, for a lock belongs to the open file: two threads with one would convert each
//! other's. A file that is given back stays open, so that the next taking is spared the opening. What it costs instead is a
//! look at the path: it must still lead there.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::options::Options;
use super::thread_queue::{Key, ThreadQueue};
use crate::lock::{Error, LockFile};
use crate::sys::per_process::PerProcess;
use crate::thread::Preference;

/// So many files are kept open; one per thread that held the lock at the same time.
const IDLE: usize = 16;

/// A path, and how it is to be locked.
#[derive(Debug)]
pub(super) struct FilePool {
    path: PathBuf,
    options: Options,
    /// Whose turn comes first; `None` for first come, first served.
    order: Option<Preference>,
    here: PerProcess<Mutex<Idle>>,
}

#[derive(Debug, Default)]
struct Idle {
    files: Vec<LockFile>,
    queue: Option<Arc<ThreadQueue>>,
}

impl FilePool {
    pub(super) fn new(path: PathBuf, options: Options, order: Option<Preference>) -> Arc<Self> {
        Arc::new(Self { path, options, order, here: PerProcess::new() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn order(&self) -> Option<Preference> {
        self.order
    }

    pub(super) fn options(&self) -> &Options {
        &self.options
    }

    /// The file is nobody's any more: it stays open, if it is still the lock.
    pub(super) fn give_back(&self, file: LockFile) {
        let key = self.key_of(&file);
        let mut idle = self.idle();
        if idle.files.len() < IDLE && idle.queue.as_ref().is_some_and(|queue| queue.key() == key) {
            idle.files.push(file);
        }
    }

    /// The queue of the lock that the path leads to; the file is opened if none is open.
    pub(super) fn queue(
        &self,
        open: impl FnOnce() -> Result<LockFile, Error>,
    ) -> Result<Arc<ThreadQueue>, Error> {
        if let Some(queue) = &self.idle().queue {
            return Ok(Arc::clone(queue));
        }
        let file = open()?;
        let queue = ThreadQueue::of(self.key_of(&file), self.options.preference);
        let mut idle = self.idle();
        idle.files.clear();
        idle.files.push(file);
        idle.queue = Some(Arc::clone(&queue));
        Ok(queue)
    }

    /// A file that is open and idle, or else a new one.
    pub(super) fn file(&self, open: impl FnOnce() -> Result<LockFile, Error>) -> Result<LockFile, Error> {
        let idle = self.idle().files.pop();
        idle.map_or_else(open, Ok)
    }

    /// The path leads elsewhere: nothing of this is to be used again.
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
        self.here.get().lock().unwrap_or_else(PoisonError::into_inner)
    }
}
