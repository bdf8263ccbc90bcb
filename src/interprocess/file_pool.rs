//! Where a lock is, and the files of it that are open and wait to be used again.
//!
//! Each taking has an open file of its own, for a lock belongs to the open file: two threads with one would convert each
//! other's. A file that is given back stays open, so that the next taking is spared the opening. What it costs instead is a
//! look at the path: it must still lead there.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::guard::Guard;
use super::held_lock;
use super::held_lock::{HeldLock, Lease};
use super::missing::open_or_create;
use super::obtain::obtain;
use super::obtain::{Reentry, reentry};
use super::options::Options;
use super::thread_queue::{Key, ThreadQueue, Turn, any_entered};
use crate::lock::{Acquired, Error, LockFile, Nested, Request, Threads, WaitError, WaitState};
use crate::mode::Mode;
use crate::sys::per_process::PerProcess;
use crate::thread::Preference;

/// So many files are kept open; one per thread that held the lock at the same time.
const IDLE: usize = 16;

/// A path, and how it is to be locked.
#[derive(Debug)]
pub(super) struct FilePool {
    path: PathBuf,
    options: Options,
    /// How it goes through the gates.
    gates: Preference,
    here: PerProcess<Mutex<Idle>>,
}

#[derive(Debug, Default)]
struct Idle {
    files: Vec<LockFile>,
    queue: Option<Arc<ThreadQueue>>,
}

impl FilePool {
    pub(super) fn new(path: PathBuf, options: Options, gates: Preference) -> Arc<Self> {
        Arc::new(Self { path, options, gates, here: PerProcess::new() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn nested(&self) -> Nested {
        self.options.nested
    }

    /// Which lock the path leads to, as far as is known.
    pub(super) fn key(&self, mode: Mode, wait_state: &WaitState) -> Result<Key, Error> {
        Ok(self.queue(mode, wait_state)?.key())
    }

    /// Takes the lock that the path leads to.
    pub(super) fn take(self: &Arc<Self>, mode: Mode, wait_state: &WaitState) -> Result<Guard, Error> {
        let refused = |why| Error::refused(&self.path, why);
        loop {
            let queue = self.queue(mode, wait_state)?;
            if let Some(held) = held_lock::find(queue.number()) {
                match reentry(held.mode(), mode, self.options.nested, wait_state) {
                    Reentry::Shares => return Ok(Guard::new(held)),
                    Reentry::Refused(why) => return Err(refused(why)),
                    Reentry::Waits => {}
                }
            }
            let holds_others = held_lock::holds_any() || !any_entered();
            let turn = queue.enter(mode, &self.path, wait_state).map_err(refused)?;
            if let Some(guard) = self.take_at_the_head(turn, mode, holds_others, wait_state)? {
                return Ok(guard);
            }
            wait_state.begin_again().map_err(refused)?;
        }
    }

    /// Takes the lock, being at the head of the line; `None` if by now the path leads elsewhere.
    fn take_at_the_head(
        self: &Arc<Self>,
        turn: Turn,
        mode: Mode,
        holds_others: bool,
        wait_state: &WaitState,
    ) -> Result<Option<Guard>, Error> {
        let file = self.file(mode, wait_state)?;
        if self.key_of(&file) != turn.queue().key() {
            self.forget(turn.queue());
            return Ok(None);
        }
        let request = Request {
            mode,
            preference: self.gates,
            nested: self.options.nested,
            threads: if turn.is_with_others() { Threads::Share } else { Threads::None },
            holds_others,
        };
        let lease = match obtain(file, &request, &turn, wait_state) {
            Ok(Acquired::Held(held)) => {
                if !held.is_still_there() {
                    drop(held);
                    self.forget(turn.queue());
                    return Ok(None);
                }
                Lease::Own(held)
            }
            Ok(Acquired::Joined(file, joined)) => {
                self.give_back(file);
                Lease::Joined(joined, mode.into())
            }
            Err((file, WaitError::YieldToUpgrade)) => {
                self.give_back(file);
                return Ok(None);
            }
            Err((_, WaitError::Moved)) => {
                self.forget(turn.queue());
                return Ok(None);
            }
            Err((file, why)) => {
                let error = Error::refused(&self.path, why);
                self.give_back(file);
                return Err(error);
            }
        };
        Ok(Some(Guard::new(HeldLock::new(Arc::clone(self), turn, lease))))
    }

    /// The file is nobody's any more: it stays open, if it is still the lock.
    pub(super) fn give_back(&self, file: LockFile) {
        let key = self.key_of(&file);
        let mut idle = self.idle();
        if idle.files.len() < IDLE && idle.queue.as_ref().is_some_and(|queue| queue.key() == key) {
            idle.files.push(file);
        }
    }

    fn queue(&self, mode: Mode, wait_state: &WaitState) -> Result<Arc<ThreadQueue>, Error> {
        if let Some(queue) = &self.idle().queue {
            return Ok(Arc::clone(queue));
        }
        let file = self.open(mode, wait_state)?;
        let queue = ThreadQueue::of(self.key_of(&file), self.options.preference);
        let mut idle = self.idle();
        idle.files.clear();
        idle.files.push(file);
        idle.queue = Some(Arc::clone(&queue));
        Ok(queue)
    }

    fn file(&self, mode: Mode, wait_state: &WaitState) -> Result<LockFile, Error> {
        let idle = self.idle().files.pop();
        idle.map_or_else(|| self.open(mode, wait_state), Ok)
    }

    fn open(&self, mode: Mode, wait_state: &WaitState) -> Result<LockFile, Error> {
        open_or_create(&self.path, &self.options, mode, wait_state)
    }

    /// The path leads elsewhere: nothing of this is to be used again.
    fn forget(&self, queue: &Arc<ThreadQueue>) {
        let mut idle = self.idle();
        if idle.queue.as_ref().is_some_and(|known| Arc::ptr_eq(known, queue)) {
            *idle = Idle::default();
        }
    }

    fn key_of(&self, file: &LockFile) -> Key {
        (file.id, self.options.family)
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.here.get().lock().unwrap_or_else(PoisonError::into_inner)
    }
}
