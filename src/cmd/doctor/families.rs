//! Are flock(2) and fcntl(2) locks independent of each other? The gates, by
//! which readers and writers take turns, need it.

use fasten::Mode::Exclusive;
use fasten::filesystem::FileSystem;

use super::exclusion::{broken, take};
use super::fault::Fault;
use super::others::{cannot_open, process};
use super::place::Place;
use crate::sys::locks::{Kind, unlock};

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
        (true, false) => broken("one excludes the other, so turns would be waited for in vain"),
        (false, _) => Err(Fault::Limit("first come, first served: readers and writers take no turns here")),
    }
}
