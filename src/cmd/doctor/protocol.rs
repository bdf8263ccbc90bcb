//! What the examiner reports to the process that watches over it, one line for each message:
//!
//!     trying flock on a directory
//!     note a directory cannot be locked here; lock a file in it
//!     done

use std::io;

use super::finding::Finding;
use crate::cmd::message::printable;
use crate::cmd::sys::forked::Channel;

/// A message of the examiner.
#[derive(Debug)]
pub(super) enum Message {
    /// It tries this next.
    Trying(String),
    /// It has found this.
    Found(Finding),
    /// Nothing else will follow.
    Done,
}

impl Message {
    /// The message of this line; `None` for a line that is none.
    pub(super) fn parse(line: &str) -> Option<Self> {
        match line.split_once(' ') {
            Some(("trying", what)) => Some(Self::Trying(what.to_owned())),
            Some((mark, text)) => Finding::marked(mark, text).map(Self::Found),
            None => Some(Self::Done),
        }
    }
}

/// The watching process, as the examiner sees it. If it is gone, each call is an error, and the
/// examiner cleans up and ends.
pub(super) struct Listener(pub(super) Channel);

impl Listener {
    pub(super) fn trying(&mut self, what: &str) -> io::Result<()> {
        self.0.send(&format!("trying {what}"))
    }

    pub(super) fn found(&mut self, finding: &Finding) -> io::Result<()> {
        self.0.send(&format!("{} {}", finding.mark, printable(&finding.text)))
    }

    pub(super) fn done(&mut self) -> io::Result<()> {
        self.0.send("done")
    }
}
