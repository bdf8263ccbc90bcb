//! Are flock(2) and fcntl(2) locks independent of each other? On local file
//! systems they are, and commands rely on it that lock their own data.

use fasten::Mode::Exclusive;
use fasten::holders::file_system::FileSystem;

use super::exclusion::{broken, take};
use super::fault::Fault;
use super::others::{cannot_open, process};
use super::place::Place;
use crate::cmd::sys::locks::{Kind, unlock};

pub(super) fn are_apart(place: &Place, record: Kind, system: &FileSystem) -> Result<(), Fault> {
    let holder = place.open().map_err(cannot_open)?;
    let mut apart = true;
    for (held, asked) in [(Kind::Flock, record), (record, Kind::Flock)] {
        take(&holder, held, Exclusive)?;
        apart &= process(place, asked, Exclusive)?;
        unlock(&holder, held)?;
    }
    match (system.keeps_families_apart, apart) {
        (true, true) => Ok(()),
        (true, false) => {
            broken("one excludes the other, so a command that locks its own data waits for itself")
        }
        (false, _) => Err(Fault::Limit(
            "not known to be local: a lock for reading cannot be upgraded, and other machines take no turns",
        )),
    }
}
