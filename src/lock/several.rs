//! Several locks as one: all or none, in one order, under one deadline.
//!
//! The order is the files' (device, inode), the same for everybody, so two
//! calls that name the same locks in different orders cannot deadlock. Two
//! paths to one file are one lock.

use std::path::{Path, PathBuf};

use super::acquire::{Acquired, acquire};
use super::cancel::Cancel;
use super::descriptor;
use super::error::Error;
use super::file::{FileId, leads_to};
use super::guard::{Guard, Held};
use super::open::open;
use super::patience::Patience;
use super::request::{Request, Target};
use super::waiting::Waiting;

impl Request {
    /// Takes all the locks, or none. `on_wait` is called, with its path, before
    /// each lock that has to be waited for; `cancel` calls the waiting off.
    ///
    /// # Errors
    ///
    /// Every [`Error`]; nothing is held then. Lock files that were created
    /// stay.
    pub fn take(&self, on_wait: &dyn Fn(&Path), cancel: Option<&Cancel>) -> Result<Guard, Error> {
        let patience = Patience::new(Waiting { wait: self.wait, on_wait, cancel });
        let paths = match &self.target {
            Target::Paths(paths) => paths,
            Target::Descriptor(number) => return descriptor::take(*number, self, &patience),
        };
        loop {
            let (guard, places) = self.take_once(paths, &patience)?;
            match places.iter().find(|place| !leads_to(place.path, place.id)) {
                None => return Ok(guard),
                Some(moved) => patience.check_deadline().map_err(|why| Error::refused(moved.path, why))?,
            }
        }
    }

    /// Takes what the paths lead to now. By the time all is had, some may lead
    /// elsewhere.
    fn take_once<'a>(
        &self,
        paths: &'a [PathBuf],
        patience: &Patience,
    ) -> Result<(Guard, Vec<Place<'a>>), Error> {
        let mut files = Vec::with_capacity(paths.len());
        let mut places = Vec::with_capacity(paths.len());
        for path in paths {
            let file = open(path, self.create.then_some(0o666), self.family)?;
            places.push(Place { path, id: file.id });
            files.push(file);
        }
        files.sort_by_key(|file| file.id);
        files.dedup_by_key(|file| file.id);

        let mut held: Vec<Held> = Vec::with_capacity(files.len());
        for file in files {
            let one = acquire(file, &self.how(), patience);
            if let Acquired::Held(one) = one.map_err(|(file, why)| Error::refused(&file.path, why))? {
                held.push(one);
            }
        }
        Ok((Guard::new(held), places))
    }
}

struct Place<'a> {
    path: &'a Path,
    id: FileId,
}
