//! Other words for the paths in an error: the command shows some locks by name.

use std::path::{Path, PathBuf};

use super::deadlock::Deadlock;
use super::error::Error;

impl Error {
    /// Replaces every path that the error's text shows.
    #[doc(hidden)]
    pub fn rename(&mut self, shown: impl Fn(&Path) -> PathBuf) {
        let (Self::Busy { path }
        | Self::TimedOut { path, .. }
        | Self::Cancelled { path }
        | Self::Covered { path, .. }
        | Self::Deadlock { path, .. }
        | Self::CannotUpgrade { path, .. }
        | Self::Lost { path }
        | Self::CouldNotOpen { path, .. }
        | Self::System { path, .. }) = self;
        *path = shown(path);
        if let Self::Deadlock { why: Deadlock::Cycle(steps), .. } = self {
            for link in steps.iter_mut().flat_map(|step| [&mut step.holds, &mut step.wants]) {
                link.path = link.path.as_deref().map(&shown);
            }
        }
    }
}
