//! Threads that sleep until one of several slots is free.
//!
//! A lock call of the kernel waits for all bytes of a range, never for any one of them, so each slot
//! needs a thread that sleeps for it. The threads use a second open file of the lock file. A slot
//! that one of them gets is released at once, and the waiting thread is interrupted, which takes the
//! slot for its own open file; only the holder of TURN sleeps for slots, so no other takes it. If
//! this process dies or execs, what a thread has locked is released with the second open file.
//!
//! At the end these threads are interrupted, again and again until they have left their calls. The
//! one that has seen a slot free does that, for the waiting thread has its command to start; if none
//! has, a new thread does it.

use std::fs::File;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{io, mem};

use super::interrupter::Waker;
use super::wait_state::WaitState;
use crate::layout::slot;
use crate::mode::Mode;
use crate::sys::fd::open_again;
use crate::sys::helper_thread;
use crate::sys::interrupt::{InterruptTarget, Interruptible, is_ignored};
use crate::sys::records::{self, RecordOwner::Description};

/// How soon a signal is repeated that may have come before the call.
const REPEAT_AFTER: Duration = Duration::from_millis(1);

/// The threads, until this is dropped.
#[derive(Debug)]
pub(super) struct SlotWatch(Option<Arc<Sleepers>>);

#[derive(Debug)]
struct Sleepers {
    state: Mutex<SleepersState>,
    changed: Condvar,
    file: File,
    waiting: Waker,
}

#[derive(Debug, Default)]
struct SleepersState {
    /// The threads that have not ended yet.
    running: usize,
    /// Those that are in a lock call or about to enter one.
    in_call: Vec<(u32, InterruptTarget)>,
    /// Whether a slot was seen free; or why a thread could not wait for its slot.
    seen: Option<io::Result<()>>,
    /// Whether one of the threads ends the others.
    has_ender: bool,
    is_over: bool,
}

impl SlotWatch {
    /// Sleeps for these slots, and interrupts the calling thread when one of them is free.
    ///
    /// # Errors
    /// The system has no thread or no descriptor left.
    pub(super) fn start(file: &File, slots: &[u32], wait_state: &WaitState) -> io::Result<Self> {
        if slots.is_empty() {
            return Ok(Self(None));
        }
        let sleepers = Arc::new(Sleepers {
            state: Mutex::default(),
            changed: Condvar::new(),
            file: open_again(file)?,
            waiting: wait_state.waker()?,
        });
        let watch = Self(Some(Arc::clone(&sleepers)));
        for &number in slots {
            sleepers.state().running += 1;
            let sleeper = Arc::clone(&sleepers);
            helper_thread::spawn(move || sleeper.sleep(number))
                .inspect_err(|_| sleepers.state().running -= 1)?;
        }
        Ok(watch)
    }

    /// Whether a slot was seen free, since this was started.
    ///
    /// # Errors
    /// A thread could not wait for its slot.
    pub(super) fn has_seen_one_free(&self) -> io::Result<bool> {
        let seen = self.0.as_ref().and_then(|sleepers| sleepers.state().seen.take());
        seen.map_or(Ok(false), |seen| seen.map(|()| true))
    }
}

impl Sleepers {
    fn state(&self) -> MutexGuard<'_, SleepersState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One thread: sleeps until this slot is free, or until it is over.
    fn sleep(&self, number: u32) {
        let ended = Interruptible::new().and_then(|interruptible| {
            loop {
                let mut state = self.state();
                if state.is_over {
                    return Ok(false);
                }
                // Announced before the call, so that no interruption is lost in between.
                state.in_call.push((number, interruptible.target()));
                drop(state);
                let locked = records::set(&self.file, Description, slot(number), Mode::Exclusive);
                self.state().in_call.retain(|(of, _)| *of != number);
                match locked {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                    Ok(()) => return records::clear(&self.file, Description, slot(number)).map(|()| true),
                }
            }
        });
        let mut state = self.state();
        state.running -= 1;
        if let Some(seen) = ended.map(|is_free| is_free.then_some(())).transpose() {
            let ends_others = !mem::replace(&mut state.has_ender, true);
            state.seen = Some(seen);
            drop(state);
            self.waiting.wake();
            if ends_others {
                return self.end();
            }
        }
        self.changed.notify_all();
    }

    /// Waits until it is over, and then interrupts the threads until all have ended.
    fn end(&self) {
        let is_not_over = |state: &mut SleepersState| !state.is_over;
        let over = self.changed.wait_while(self.state(), is_not_over);
        let mut state = over.unwrap_or_else(PoisonError::into_inner);
        while state.running > 0 {
            state.in_call.iter().for_each(|(_, target)| target.interrupt());
            let waited = self.changed.wait_timeout(state, REPEAT_AFTER);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for SlotWatch {
    fn drop(&mut self) {
        let Some(sleepers) = self.0.take() else { return };
        let mut state = sleepers.state();
        state.is_over = true;
        let has_ender = mem::replace(&mut state.has_ender, true);
        // A command inherits that a signal is ignored, but not while a handler is there.
        let must_wait = state.running > 0 && is_ignored();
        drop(state);
        sleepers.changed.notify_all();
        if must_wait {
            sleepers.end();
        } else if !has_ender {
            let again = Arc::clone(&sleepers);
            if helper_thread::spawn(move || again.end()).is_err() {
                sleepers.end();
            }
        }
    }
}
