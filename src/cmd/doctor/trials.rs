//! What is tried, in this order.

use std::io;

use fasten::holders::file_system::FileSystem;

use super::exclusion::{excludes, excludes_read_only, is_freed, keeps_bytes_apart};
use super::families::are_apart;
use super::fault::Fault;
use super::life::{is_inherited, wakes};
use super::others::{descriptor, process};
use super::place::Place;
use crate::cmd::sys::locks::Bytes;
use crate::cmd::sys::locks::Kind::{self, Flock, Record};

/// One question to the file system, told as it reads when the answer is yes.
pub(super) struct Trial {
    pub(super) name: &'static str,
    pub(super) about: &'static [Family],
    /// When this one fails, others about the same would say nothing new.
    pub(super) is_ground: bool,
    pub(super) run: Run,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Flock,
    Fcntl,
}

const fn ground(name: &'static str, about: &'static [Family], run: Run) -> Trial {
    Trial { name, about, is_ground: true, run }
}

const fn trial(name: &'static str, about: &'static [Family], run: Run) -> Trial {
    Trial { name, about, is_ground: false, run }
}

type Run = fn(&Place, &FileSystem) -> Result<(), Fault>;

const FLOCK: &[Family] = &[Family::Flock];
const FCNTL: &[Family] = &[Family::Fcntl];
const BOTH: &[Family] = &[Family::Flock, Family::Fcntl];

const ALL: Bytes = Bytes { first: 0, count: 0 };
const RECORD: Kind = Record(ALL);
#[cfg(target_os = "linux")]
const OFD: Kind = Kind::Description(ALL);

pub(super) const TRIALS: &[Trial] = &[
    ground("flock between two processes", FLOCK, |at, _| excludes(at, Flock, Flock, process)),
    trial("flock between two descriptors", FLOCK, |at, _| excludes(at, Flock, Flock, descriptor)),
    trial("flock is freed by close and by SIGKILL", FLOCK, |at, _| is_freed(at, Flock)),
    trial("flock is inherited by a command, and kept when its parent closes", FLOCK, |at, _| {
        is_inherited(at, Flock)
    }),
    trial("flock wakes who waits", FLOCK, |at, _| wakes(at, Flock)),
    trial("flock, exclusive, on a file that is open for reading", FLOCK, |at, _| {
        excludes_read_only(|| at.open_for_reading(), needs_writing)
    }),
    trial("flock on a directory", FLOCK, |at, _| on_a_directory(at)),
    ground("fcntl between two processes", FCNTL, |at, _| excludes(at, RECORD, RECORD, process)),
    trial("fcntl on bytes of a file, and far past its end", FCNTL, |at, _| keeps_bytes_apart(at, Record)),
    trial("fcntl is freed by close and by SIGKILL", FCNTL, |at, _| is_freed(at, RECORD)),
    trial("fcntl wakes who waits", FCNTL, |at, _| wakes(at, RECORD)),
    #[cfg(target_os = "linux")]
    trial("fcntl of open files (OFD) between two descriptors", FCNTL, |at, _| {
        excludes(at, OFD, OFD, descriptor)
    }),
    #[cfg(target_os = "linux")]
    trial("fcntl of open files (OFD) against that of a process", FCNTL, |at, _| {
        excludes(at, OFD, RECORD, process)
    }),
    trial("flock and fcntl apart: a command may lock its own data", BOTH, |at, system| {
        are_apart(at, RECORD, system)
    }),
];

/// NFS makes a flock a lock of fcntl(2), which needs that.
fn needs_writing(error: io::Error) -> Fault {
    match error.raw_os_error() {
        Some(libc::EBADF) => {
            Fault::Limit("an exclusive lock needs a lock file that can be opened for writing")
        }
        _ => Fault::Failed(error),
    }
}

fn on_a_directory(place: &Place) -> Result<(), Fault> {
    place.make_folder().map_err(|error| Fault::Means("making a directory", error))?;
    let none = |_| Fault::Limit("a directory cannot be locked here; lock a file in it");
    let tried = excludes_read_only(|| place.open_folder(), none);
    place.remove_folder();
    tried
}
