//! What the examiner reports to the process that watches it.

use std::io;

use super::finding::Finding;
use crate::cmd::message::printable;
use crate::cmd::sys::forked::Channel;

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
}
