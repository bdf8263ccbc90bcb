//! The waiting line: which lock is being waited for, and who holds it.
//!
//! It appears after half a second. At a terminal it is one line that is kept up to date and
//! vanishes with the wait. At a dumb terminal a new line is printed every half minute, and with `-v`
//! also in the background or without a terminal: CI systems end a job that is silent for minutes.
//!
//! A thread of its own prints it, because the thread that waits must not leave its place in the
//! kernel's queue; it is started only for a wait. It never delays the lock: it drops what would
//! block, and prints nothing after the wait.

use std::io::{IsTerminal, stderr};
use std::path::Path;
use std::process;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::describe::{self, short};
use super::pace::Pace;
use crate::cmd::colour::is_dumb;
use crate::cmd::lock_name::shown;
use crate::cmd::message::{clear_line, draw_line, report_at_once};
use crate::cmd::sys::streams;

/// How much to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verbosity {
    Quiet,
    Normal,
    Verbose,
}

/// Reports what is being waited for, until it is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    verbosity: Verbosity,
    current: Mutex<Option<Line>>,
}

impl Progress {
    pub(crate) fn new(verbosity: Verbosity) -> Self {
        Self { verbosity, current: Mutex::new(None) }
    }

    /// Reports that this lock is being waited for, instead of the one before.
    pub(crate) fn waiting_for(&self, path: &Path) {
        if self.verbosity == Verbosity::Quiet {
            return;
        }
        let (at_terminal, verbose) = (stderr().is_terminal(), self.verbosity == Verbosity::Verbose);
        let redraws = at_terminal && !is_dumb();
        if redraws || verbose || at_terminal && streams::is_our_terminal() {
            let is_redrawn = redraws && (!verbose || streams::is_our_terminal());
            let (pace, anywhere) = match (is_redrawn, verbose) {
                (true, _) => (Pace::Redrawn, false),
                (false, verbose) => (Pace::Repeated, verbose),
            };
            // The line of the last lock ends before the next one begins.
            let mut current = locked(&self.current);
            *current = None;
            *current = Line::about(path, pace, anywhere);
        }
    }
}

/// A line that is printed after a while, unless it is dropped before.
#[derive(Debug)]
struct Line {
    screen: Arc<Mutex<Screen>>,
    /// Wakes the thread by being dropped.
    _dropped: Sender<()>,
}

/// What the terminal shows of it; locked only for what does not block.
#[derive(Debug, Default)]
struct Screen {
    drawn: bool,
    over: bool,
}

impl Line {
    /// `anywhere`: in the background too. `None` if no thread can be started: the wait matters more.
    fn about(path: &Path, pace: Pace, anywhere: bool) -> Option<Self> {
        let path = path.to_owned();
        let (dropped, ended) = channel();
        let screen = Arc::new(Mutex::new(Screen::default()));
        let shown = Arc::clone(&screen);
        fasten::helper_thread::spawn(move || show(&path, pace, anywhere, &shown, &ended)).ok()?;
        Some(Self { screen, _dropped: dropped })
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let mut screen = locked(&self.screen);
        screen.over = true;
        if screen.drawn && streams::is_our_terminal() {
            clear_line();
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn show(path: &Path, pace: Pace, anywhere: bool, screen: &Mutex<Screen>, ended: &Receiver<()>) {
    let start = Instant::now();
    for before in 0.. {
        let pause = pace.due(before).saturating_sub(start.elapsed());
        if ended.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
            return;
        }
        if !anywhere && !streams::is_our_terminal() {
            continue;
        }
        // The first of several lines needs no time.
        let waited = (pace == Pace::Redrawn || before > 0).then(|| start.elapsed());
        let words = words(path, waited);
        let mut screen = locked(screen);
        if screen.over {
            return;
        }
        match pace {
            Pace::Redrawn => screen.drawn |= draw_line(&words),
            Pace::Repeated => report_at_once(&words),
        }
    }
}

/// `waiting for build.lock for 5s, place 2: held by make (pid 4242, ann) for 2m13s`: a narrow
/// terminal cuts off the end.
fn words(path: &Path, waited: Option<Duration>) -> String {
    let report = describe::look(path);
    let waited = waited.map(|time| format!(" for {}", short(Duration::from_secs(time.as_secs()))));
    let waited = waited.unwrap_or_default();
    let place = report.as_ref().and_then(|report| describe::place(report, process::id()));
    let place = place.map(|place| format!(", place {place}")).unwrap_or_default();
    let held =
        report.as_ref().and_then(describe::held_by).map(|held| format!(": {held}")).unwrap_or_default();
    format!("waiting for {}{waited}{place}{held}", shown(path).display())
}
