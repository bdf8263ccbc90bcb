//! The examination of one directory, by a process of its own: whatever it asks
//! of the file system may hang.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

use fasten::holders::file_system::FileSystem;

use super::finding::{Finding, Mark};
use super::place::Place;
use super::said::Said;
use super::trials::{Family, TRIALS};
use super::{mount, sticky};
use crate::cmd::exit::Code;
use crate::cmd::message::word;
use crate::cmd::sys::fork::Line;
use crate::cmd::sys::{fork, streams};

/// Nothing has been made yet while it does this.
pub(super) const LOOKING: &str = "looking at it";

/// Examines it, and says over the line what it does and finds. When nobody
/// listens any more it ends, and leaves nothing behind.
pub(super) fn examine(directory: &Path, place: &Place, mut line: Line) {
    fork::lead_group();
    streams::ignore_broken_pipe();
    let mut say = |said: Said| line.say(&said.encoded());
    let _ = match try_all(directory, place, &mut say) {
        Ok(()) => say(Said::Done),
        Err(Stopped::NobodyListens) => Ok(()),
        Err(Stopped::Cannot(code, why)) => say(Said::Cannot(code, why)),
    };
}

enum Stopped {
    NobodyListens,
    Cannot(Code, String),
}

impl From<io::Error> for Stopped {
    fn from(_: io::Error) -> Self {
        Self::NobodyListens
    }
}

fn try_all(
    directory: &Path,
    place: &Place,
    say: &mut impl FnMut(Said) -> io::Result<()>,
) -> Result<(), Stopped> {
    say(Said::Trying(LOOKING.to_owned()))?;
    let metadata = is_directory(directory)?;
    say(Said::Trying("making a file in it".to_owned()))?;
    let _removed_at_the_end = place.make().map_err(|error| cannot_create(&error))?;
    let system = FileSystem::of(place.open().map_err(|error| cannot_create(&error))?);
    for finding in mount::findings(&system).into_iter().chain(sticky::finding(&metadata)) {
        say(Said::Found(finding))?;
    }
    let kind = system.kind.as_deref().unwrap_or_default();
    let mut lost: Vec<Family> = Vec::new();
    for trial in TRIALS {
        if trial.about.iter().any(|family| lost.contains(family)) {
            continue;
        }
        say(Said::Trying(trial.name.to_owned()))?;
        let finding = match (trial.run)(place, &system) {
            Ok(()) => Finding::ok(trial.name),
            Err(fault) => fault.finding(trial.name, kind),
        };
        if trial.is_ground && finding.mark == Mark::Wrong {
            lost.extend(trial.about);
        }
        say(Said::Found(finding))?;
    }
    Ok(())
}

fn is_directory(directory: &Path) -> Result<Metadata, Stopped> {
    match fs::metadata(directory) {
        Ok(metadata) if metadata.is_dir() => Ok(metadata),
        Ok(_) => {
            Err(Stopped::Cannot(Code::CannotOpen, "is no directory; name the one that it is in".to_owned()))
        }
        Err(error) => Err(Stopped::Cannot(
            Code::CannotOpen,
            format!("cannot be looked at: {}; name a directory", word(&error)),
        )),
    }
}

fn cannot_create(error: &io::Error) -> Stopped {
    let code = match error.raw_os_error() {
        Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM) => Code::System,
        _ => Code::CannotCreate,
    };
    let remedy = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room",
        _ => "name a directory that is writable",
    };
    Stopped::Cannot(code, format!("no file can be created in it: {}; {remedy}", word(error)))
}
