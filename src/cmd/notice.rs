//! What tells a person that something is being waited for, and for whom.
//!
//! Only after half a second, and only for somebody who looks. At a terminal it
//! is one line that is kept up to date and vanishes when the lock comes; with
//! `-v` elsewhere, and in the background, it is said once. A thread of its own
//! says it, because the waiting one must not leave its place in the kernel's
//! queue for that; it is started only when there is something to wait for.

use std::cell::RefCell;
use std::io::{IsTerminal, stderr};
use std::path::Path;
use std::process;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::who;
use crate::message::{clear_line, draw_line, say};
use crate::sys::terminal;

const PATIENCE: Duration = Duration::from_millis(500);
const REDRAWN_EVERY: Duration = Duration::from_secs(1);

/// How much we say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    Quiet,
    Normal,
    Verbose,
}

/// Tells what is being waited for, until it is dropped.
#[derive(Debug)]
pub(crate) struct Notice {
    voice: Voice,
    current: RefCell<Option<Line>>,
}

impl Notice {
    pub(crate) fn new(voice: Voice) -> Self {
        Self { voice, current: RefCell::new(None) }
    }

    /// This is what is being waited for now, and nothing else any more.
    pub(crate) fn waiting_for(&self, path: &Path) {
        if self.voice == Voice::Quiet {
            return;
        }
        let (at_terminal, verbose) = (stderr().is_terminal(), self.voice == Voice::Verbose);
        if at_terminal || verbose {
            let kept_up_to_date = at_terminal && (!verbose || terminal::is_ours());
            self.current.replace(None);
            self.current.replace(Line::about(path, kept_up_to_date));
        }
    }
}

/// A line that is said after a while, unless it is dropped before.
#[derive(Debug)]
struct Line {
    dropped: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Line {
    /// `None` where there is no thread to be had: the waiting matters more.
    fn about(path: &Path, kept_up_to_date: bool) -> Option<Self> {
        let path = path.to_owned();
        let (dropped, ended) = channel();
        let speak = move || speak(&path, kept_up_to_date, &ended);
        // Those that look for deadlocks know helpers of a waiting thread by this name.
        let thread = thread::Builder::new().name("fasten-wait".to_owned()).spawn(speak).ok()?;
        Some(Self { dropped: Some(dropped), thread: Some(thread) })
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        drop(self.dropped.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn speak(path: &Path, kept_up_to_date: bool, ended: &Receiver<()>) {
    let start = Instant::now();
    let mut pause = PATIENCE;
    let mut drawn = false;
    while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        if !kept_up_to_date {
            say(&words(path, None));
            let _ = ended.recv();
            return;
        }
        pause = REDRAWN_EVERY;
        if terminal::is_ours() {
            draw_line(&words(path, Some(start.elapsed())));
            drawn = true;
        }
    }
    if drawn && terminal::is_ours() {
        clear_line();
    }
}

/// `waiting for build.lock for 5s, place 2: held by make (pid 4242, ann) for 2m13s`: what a narrow
/// terminal cuts off is the end.
fn words(path: &Path, waited: Option<Duration>) -> String {
    let report = who::look(path);
    let waited = waited.map(|time| format!(" for {}s", time.as_secs())).unwrap_or_default();
    let place = report.as_ref().and_then(|report| who::place(report, process::id()));
    let place = place.map(|place| format!(", place {place}")).unwrap_or_default();
    let held = report.as_ref().and_then(who::held_by).map(|held| format!(": {held}")).unwrap_or_default();
    format!("waiting for {}{waited}{place}{held}", path.display())
}
