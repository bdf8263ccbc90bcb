//! Where a lock is, and the files of it that are open and wait to be used again.
//!
//! Each taking has an open file of its own, for a lock belongs to the open file: two threads with one would convert each
//! other's. A file that is given back stays open, so that the next taking is spared the opening. What it costs instead is a
//! look at the path: it must still lead there.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::guard::Guard;
use super::held_lock;
use super::held_lock::{Lease, Taken};
use super::missing::open_or_create;
use super::obtain::obtain;
use super::obtain::{Again, again};
use super::options::Options;
use super::thread_queue::{Entered, Front, Key, any_entered};
use crate::lock::{Acquired, Error, GaveUp, How, LockFile, Nested, Patience, Threads};
use crate::mode::Mode;
use crate::sys::per_process::PerProcess;
use crate::thread::Preference;

/// So many files are kept open; one per thread that held the lock at the same time.
const IDLE: usize = 16;

/// A path, and how it is to be locked.
#[derive(Debug)]
pub(super) struct Place {
    path: PathBuf,
    options: Options,
    /// How it goes through the gates.
    gates: Preference,
    here: PerProcess<Mutex<Idle>>,
}

#[derive(Debug, Default)]
struct Idle {
    files: Vec<LockFile>,
    front: Option<Arc<Front>>,
}

impl Place {
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
    pub(super) fn key(&self, mode: Mode, patience: &Patience) -> Result<Key, Error> {
        Ok(self.front(mode, patience)?.key())
    }

    /// Takes the lock that the path leads to.
    pub(super) fn take(self: &Arc<Self>, mode: Mode, patience: &Patience) -> Result<Guard, Error> {
        let refused = |why| Error::refused(&self.path, why);
        loop {
            let front = self.front(mode, patience)?;
            if let Some(taken) = held_lock::find(front.number()) {
                match again(taken.mode(), mode, self.options.nested, patience) {
                    Again::Shares => return Ok(Guard::new(taken)),
                    Again::Refused(why) => return Err(refused(why)),
                    Again::Waits => {}
                }
            }
            let holds_others = held_lock::holds_any() || !any_entered();
            let entered = front.enter(mode, &self.path, patience).map_err(refused)?;
            if let Some(guard) = self.take_at_the_head(entered, mode, holds_others, patience)? {
                return Ok(guard);
            }
            patience.begin_again().map_err(refused)?;
        }
    }

    /// Takes the lock, being at the head of the line; `None` if by now the path leads elsewhere.
    fn take_at_the_head(
        self: &Arc<Self>,
        entered: Entered,
        mode: Mode,
        holds_others: bool,
        patience: &Patience,
    ) -> Result<Option<Guard>, Error> {
        let file = self.file(mode, patience)?;
        if self.key_of(&file) != entered.front().key() {
            self.forget(entered.front());
            return Ok(None);
        }
        let how = How {
            mode,
            preference: self.gates,
            nested: self.options.nested,
            threads: if entered.is_with_others() { Threads::Share } else { Threads::None },
            holds_others,
        };
        let lease = match obtain(file, &how, &entered, patience) {
            Ok(Acquired::Held(held)) => {
                if !held.is_still_there() {
                    drop(held);
                    self.forget(entered.front());
                    return Ok(None);
                }
                Lease::Own(held)
            }
            Ok(Acquired::Joined(file, joined)) => {
                self.give_back(file);
                Lease::Joined(joined, mode.into())
            }
            Err((file, GaveUp::MakesWay)) => {
                self.give_back(file);
                return Ok(None);
            }
            Err((_, GaveUp::Moved)) => {
                self.forget(entered.front());
                return Ok(None);
            }
            Err((file, why)) => {
                let error = Error::refused(&self.path, why);
                self.give_back(file);
                return Err(error);
            }
        };
        Ok(Some(Guard::new(Taken::new(Arc::clone(self), entered, lease))))
    }

    /// The file is nobody's any more: it stays open, if it is still the lock.
    pub(super) fn give_back(&self, file: LockFile) {
        let key = self.key_of(&file);
        let mut idle = self.idle();
        if idle.files.len() < IDLE && idle.front.as_ref().is_some_and(|front| front.key() == key) {
            idle.files.push(file);
        }
    }

    fn front(&self, mode: Mode, patience: &Patience) -> Result<Arc<Front>, Error> {
        if let Some(front) = &self.idle().front {
            return Ok(Arc::clone(front));
        }
        let file = self.open(mode, patience)?;
        let front = Front::of(self.key_of(&file), self.options.preference);
        let mut idle = self.idle();
        idle.files.clear();
        idle.files.push(file);
        idle.front = Some(Arc::clone(&front));
        Ok(front)
    }

    fn file(&self, mode: Mode, patience: &Patience) -> Result<LockFile, Error> {
        let idle = self.idle().files.pop();
        idle.map_or_else(|| self.open(mode, patience), Ok)
    }

    fn open(&self, mode: Mode, patience: &Patience) -> Result<LockFile, Error> {
        open_or_create(&self.path, &self.options, mode, patience)
    }

    /// The path leads elsewhere: nothing of this is to be used again.
    fn forget(&self, front: &Arc<Front>) {
        let mut idle = self.idle();
        if idle.front.as_ref().is_some_and(|known| Arc::ptr_eq(known, front)) {
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
