//! Looks, while a thread sleeps for a lock, whether the sleep could ever end.
//!
//! Of two processes that close a circle at the same time, each may have looked
//! before the other one slept. So it is looked again for as long as the sleep
//! lasts, ever more rarely; and of those who see the circle the youngest gives
//! up, so that it is one and not all. The others do so only if it does not: it
//! may be a program that does not look.
//!
//! Who is under no lock is in nobody's way, and needs no lookout.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::alarm::Bell;
use super::endless::Endless;
use super::file::LockFile;
use super::gave_up::GaveUp;
use super::mode::Mode;
use super::patience::Patience;
use crate::holders::{LockId, Step, circle, keeps_a_lock, own_pid, youngest};

const FIRST_LOOK_AFTER: Duration = Duration::from_millis(20);
const LOOKS_AT_LEAST_EVERY: Duration = Duration::from_secs(60);
const SEEN_LOOKS_AGAIN_AFTER: Duration = Duration::from_millis(250);
/// So often a circle is seen before one gives up who is not its youngest.
const PATIENT_LOOKS: usize = 6;

/// Looks until it is dropped, or has called the sleep off.
#[derive(Debug)]
pub(crate) struct Lookout {
    bell: Bell,
    dropped: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Lookout {
    /// For the calling thread, which is about to wait for this lock; `None` if
    /// nothing has to be looked for, or nothing can be seen.
    pub(crate) fn over(lock: &LockFile, mode: Mode, patience: &Patience) -> Option<Self> {
        let own = own_pid().ok()?;
        if !keeps_a_lock(own) {
            return None;
        }
        let file = LockId::of_descriptor(&lock.file).ok()?;
        let bell = patience.bell().ok()?;
        let (dropped, ended) = channel();
        let family = lock.family;
        let seen = move || circle(file, mode, family, own).ok().flatten();
        let rung = bell.clone();
        let thread = thread::Builder::new().spawn(move || look(seen, &rung, &ended)).ok()?;
        Some(Self { bell, dropped: Some(dropped), thread: Some(thread) })
    }
}

impl Drop for Lookout {
    fn drop(&mut self) {
        drop(self.dropped.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        self.bell.hush();
    }
}

fn look(seen: impl Fn() -> Option<Vec<Step>>, bell: &Bell, ended: &Receiver<()>) {
    let mut pause = FIRST_LOOK_AFTER;
    let mut times_seen: usize = 0;
    while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        let steps = seen();
        let youngest = steps.iter().find_map(|steps| youngest(steps.iter().map(|step| step.waiter)));
        let (Some(steps), Some(youngest)) = (steps, youngest) else {
            times_seen = times_seen.saturating_sub(1);
            pause = (pause * 2).min(LOOKS_AT_LEAST_EVERY);
            continue;
        };
        times_seen += 1;
        pause = SEEN_LOOKS_AGAIN_AFTER;
        if youngest == steps[0].waiter || times_seen == PATIENT_LOOKS {
            bell.call_off(GaveUp::WouldNeverEnd(Box::new(Endless::Circle(steps))));
            return;
        }
    }
}
