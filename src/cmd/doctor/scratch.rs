//! The file that the trials lock, and the two ways to ask for its lock: from a second descriptor,
//! and from a second process.

use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use fasten::Mode;

use super::fault::Fault;
use crate::cmd::sys::forked::{Channel, Forked};
use crate::cmd::sys::lock_kind::LockKind;

/// A file and a directory with unpredictable names. They are made when they are needed, and
/// removed.
#[derive(Debug)]
pub(super) struct Scratch {
    pub(super) file: PathBuf,
    pub(super) directory: PathBuf,
}

/// Asks for a lock and releases it.
pub(super) type Asker = fn(&Scratch, LockKind, Mode) -> Reply;
/// Whether it was granted.
pub(super) type Reply = Result<bool, Fault>;

impl Scratch {
    pub(super) fn new_in(directory: &Path) -> Self {
        let random = RandomState::new().build_hasher().finish();
        let name = format!(".fasten-doctor-{random:016x}");
        Self { directory: directory.join(format!("{name}.d")), file: directory.join(name) }
    }

    /// Creates the file; an error if it exists.
    pub(super) fn create(&self) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.file)
    }

    /// Opens the file again, as another program would.
    pub(super) fn open(&self) -> Result<File, Fault> {
        OpenOptions::new().read(true).write(true).open(&self.file).map_err(Fault::cannot_open)
    }

    /// Removes those of the two that exist.
    pub(super) fn remove(&self) -> io::Result<()> {
        let _ = fs::remove_dir(&self.directory);
        match fs::remove_file(&self.file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Asks with a second descriptor of this process.
pub(super) fn descriptor(at: &Scratch, kind: LockKind, mode: Mode) -> Reply {
    let file = at.open()?;
    let granted = kind.try_lock(&file, mode)?;
    if granted {
        kind.unlock(&file)?;
    }
    Ok(granted)
}

/// Asks from a second process, which has ended when this returns.
pub(super) fn process(at: &Scratch, kind: LockKind, mode: Mode) -> Reply {
    let mut other = start(|mut channel| {
        let _ = channel.send(&encoded(&descriptor(at, kind, mode)));
    })?;
    let answer = other.channel.line();
    other.kill();
    decoded(&answer.map_err(|error| Fault::NotTried("asking another process", error))?)
}

/// Starts another process.
pub(super) fn start(job: impl FnOnce(Channel)) -> Result<Forked, Fault> {
    Forked::start(job).map_err(|error| Fault::NotTried("starting another process", error))
}

/// An answer as it is sent over a channel. Asking can meet only these two faults.
pub(super) fn encoded(answer: &Reply) -> String {
    let number = |error: &io::Error| error.raw_os_error().unwrap_or(libc::EIO);
    match answer {
        Ok(granted) => granted.to_string(),
        Err(Fault::NotTried(_, error)) => format!("opening {}", number(error)),
        Err(Fault::Failed(error)) => format!("locking {}", number(error)),
        Err(_) => String::new(),
    }
}

pub(super) fn decoded(answer: &str) -> Reply {
    let error = |number: &str| io::Error::from_raw_os_error(number.parse().unwrap_or(libc::EIO));
    match answer.split_once(' ') {
        Some(("opening", number)) => Err(Fault::cannot_open(error(number))),
        Some((_, number)) => Err(Fault::Failed(error(number))),
        None => Ok(answer == "true"),
    }
}
