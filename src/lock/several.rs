//! Several locks as one: all or none, in one order, under one deadline.
//!
//! The order is the files' (device, inode), the same for everybody, so two
//! calls that name the same locks in different orders cannot deadlock. Two
//! paths to one file are one lock.

use std::path::{Path, PathBuf};

use super::acquire::acquire;
use super::error::Error;
use super::file::{FileId, leads_to};
use super::guard::{Guard, Held};
use super::mode::{Mode, Preference};
use super::open::open;
use super::patience::{GaveUp, Patience, Wait};

/// Which locks are wanted, and how.
#[derive(Debug, Clone)]
pub struct Request {
    /// The lock files; each inode is locked once.
    pub paths: Vec<PathBuf>,
    /// Shared or exclusive, the same for all.
    pub mode: Mode,
    /// How an exclusive holder stands to shared ones.
    pub preference: Preference,
    /// Whether a lock file that is missing is created.
    pub create: bool,
    /// How long the whole call may wait.
    pub wait: Wait,
}

impl Request {
    /// Takes all the locks, or none. `on_wait` is called, with its path, before
    /// each lock that has to be waited for.
    ///
    /// # Errors
    ///
    /// Every [`Error`]; nothing is held then. Lock files that were created
    /// stay.
    pub fn take(&self, on_wait: &dyn Fn(&Path)) -> Result<Guard, Error> {
        let patience = Patience::new(self.wait, on_wait);
        loop {
            let (guard, places) = self.take_once(&patience)?;
            match places.iter().find(|place| !leads_to(place.path, place.id)) {
                None => return Ok(guard),
                Some(moved) => patience.check_deadline().map_err(|why| refused(moved.path, why))?,
            }
        }
    }

    /// Takes what the paths lead to now. By the time all is had, some may lead
    /// elsewhere.
    fn take_once(&self, patience: &Patience) -> Result<(Guard, Vec<Place<'_>>), Error> {
        let mut files = Vec::with_capacity(self.paths.len());
        let mut places = Vec::with_capacity(self.paths.len());
        for path in &self.paths {
            let file = open(path, self.create)?;
            places.push(Place { path, id: file.id });
            files.push(file);
        }
        files.sort_by_key(|file| file.id);
        files.dedup_by_key(|file| file.id);

        let mut held: Vec<Held> = Vec::with_capacity(files.len());
        for file in files {
            let one = acquire(file, self.mode, self.preference, patience);
            held.push(one.map_err(|(file, why)| refused(&file.path, why))?);
        }
        Ok((Guard::new(held), places))
    }
}

struct Place<'a> {
    path: &'a Path,
    id: FileId,
}

fn refused(path: &Path, why: GaveUp) -> Error {
    let path = path.to_owned();
    match why {
        GaveUp::Busy => Error::Busy { path },
        GaveUp::TimedOut(limit) => Error::TimedOut { path, limit },
        GaveUp::Failed(source) => Error::System { path, doing: "locking it", source },
    }
}
