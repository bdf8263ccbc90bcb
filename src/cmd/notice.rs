//! The line that tells a person what is being waited for.
//!
//! Only after half a second, and only for somebody who looks: a terminal, or
//! `-v`. A thread of its own says it, because the waiting one must not leave its
//! place in the kernel's queue for that; it is started only when there is
//! something to wait for.

use std::cell::RefCell;
use std::io::{IsTerminal, stderr};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::message::say;

const PATIENCE: Duration = Duration::from_millis(500);

/// Tells what is being waited for, until it is dropped.
#[derive(Debug)]
pub(crate) struct Notice {
    wanted: Wanted,
    current: RefCell<Option<Line>>,
}

#[derive(Debug, Clone, Copy)]
enum Wanted {
    Always,
    OnTerminal,
    Never,
}

impl Notice {
    pub(crate) fn new(verbose: bool, quiet: bool) -> Self {
        let wanted = match (verbose, quiet) {
            (true, _) => Wanted::Always,
            (_, true) => Wanted::Never,
            _ => Wanted::OnTerminal,
        };
        Self { wanted, current: RefCell::new(None) }
    }

    /// This is what is being waited for now, and nothing else any more.
    pub(crate) fn waiting_for(&self, path: &Path) {
        let wanted = match self.wanted {
            Wanted::Always => true,
            Wanted::OnTerminal => stderr().is_terminal(),
            Wanted::Never => false,
        };
        if wanted {
            self.current.replace(Line::about(path));
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
    fn about(path: &Path) -> Option<Self> {
        let line = format!("waiting for {}", path.display());
        let (dropped, ended) = channel();
        let speak = move || {
            if ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                say(&line);
            }
        };
        let thread = thread::Builder::new().spawn(speak).ok()?;
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
