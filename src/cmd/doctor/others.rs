//! Those against whom a lock is tried: a second descriptor, a second process.

use std::io;
use std::time::Duration;

use fasten::Mode;

use super::fault::Fault;
use super::place::Place;
use crate::cmd::sys::fork::{Forked, Heard, Line, fork};
use crate::cmd::sys::locks::{Kind, try_lock, unlock};

/// For answers that come at once, unless the file system hangs: then whoever
/// watches over us ends the waiting.
pub(super) const LONG: Duration = Duration::from_secs(3600);

/// Asks for a lock and gives it back; whether it was granted.
pub(super) type Asker = fn(&Place, Kind, Mode) -> Result<bool, Fault>;

/// Another descriptor of this process.
pub(super) fn descriptor(place: &Place, kind: Kind, mode: Mode) -> Result<bool, Fault> {
    let file = place.open().map_err(cannot_open)?;
    let granted = try_lock(&file, kind, mode)?;
    if granted {
        unlock(&file, kind)?;
    }
    Ok(granted)
}

/// Another process, which has ended when the answer is here.
pub(super) fn process(place: &Place, kind: Kind, mode: Mode) -> Result<bool, Fault> {
    let mut other = start(|mut line| {
        let _ = line.say(&match descriptor(place, kind, mode) {
            Ok(granted) => granted.to_string(),
            Err(Fault::Means(_, error)) => format!("not opened {}", number(&error)),
            Err(Fault::Failed(error)) => number(&error),
            Err(_) => String::new(),
        });
    })?;
    let answer = other.line.hear(LONG, || true);
    other.end();
    match answer {
        Heard::Words(words) => understood(&words),
        _ => Err(Fault::Means("asking another process", io::ErrorKind::BrokenPipe.into())),
    }
}

/// Starts another process.
pub(super) fn start(job: impl FnOnce(Line)) -> Result<Forked, Fault> {
    fork(job).map_err(|error| Fault::Means("starting another process", error))
}

pub(super) fn cannot_open(error: io::Error) -> Fault {
    Fault::Means("opening the file again", error)
}

/// An error that is told over a line.
pub(super) fn number(error: &io::Error) -> String {
    error.raw_os_error().unwrap_or(libc::EIO).to_string()
}

/// The error that was told so.
pub(super) fn told(number: &str) -> io::Error {
    io::Error::from_raw_os_error(number.parse().unwrap_or(libc::EIO))
}

fn understood(words: &str) -> Result<bool, Fault> {
    match words {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(words
            .strip_prefix("not opened ")
            .map_or_else(|| Fault::Failed(told(words)), |number| cannot_open(told(number)))),
    }
}
