//! A wait under the lock itself of which nobody can say for certain that it never ends.

use std::path::Path;

use fasten::Mode;
use fasten::holders::Ancestor;

use crate::cmd::message::say;

/// One line, even without a terminal: who is above, and what can be done.
pub(super) fn say_so(lock: &Path, above: &Ancestor) {
    let command = above.command.as_ref().map(|words| words.to_string_lossy().into_owned());
    let name = command.unwrap_or_else(|| "a process".to_owned());
    let held = if above.mode == Mode::Exclusive { "exclusively" } else { "shared" };
    say(&format!(
        "{}: waiting for our own ancestor {name} (pid {}), which holds it {held} and may be waiting for us; see --nested",
        lock.display(),
        above.pid
    ));
}
