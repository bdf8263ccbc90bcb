//! The file and the directory that are locked for a trial. They are our own,
//! under names that nobody can foresee, and do not stay.

use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Names for the two; nothing is there yet.
#[derive(Debug)]
pub(super) struct Place {
    file: PathBuf,
    folder: PathBuf,
}

/// The file is there while this lives.
#[derive(Debug)]
pub(super) struct Made<'a>(&'a Place);

impl Place {
    pub(super) fn in_directory(directory: &Path) -> Self {
        let random = RandomState::new().build_hasher().finish();
        let name = format!(".fasten-doctor-{random:016x}");
        Self { folder: directory.join(format!("{name}.d")), file: directory.join(name) }
    }

    /// Creates the file, and nothing if there is one already.
    pub(super) fn make(&self) -> io::Result<Made<'_>> {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.file)?;
        Ok(Made(self))
    }

    /// Opens the file on its own, as another program would.
    pub(super) fn open(&self) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).open(&self.file)
    }

    pub(super) fn open_for_reading(&self) -> io::Result<File> {
        File::open(&self.file)
    }

    pub(super) fn make_folder(&self) -> io::Result<()> {
        fs::DirBuilder::new().mode(0o700).create(&self.folder)
    }

    pub(super) fn open_folder(&self) -> io::Result<File> {
        File::open(&self.folder)
    }

    pub(super) fn remove_folder(&self) {
        let _ = fs::remove_dir(&self.folder);
    }

    /// Removes what is there of the two.
    pub(super) fn remove(&self) -> io::Result<()> {
        self.remove_folder();
        match fs::remove_file(&self.file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    pub(super) fn file(&self) -> &Path {
        &self.file
    }
}

impl Drop for Made<'_> {
    fn drop(&mut self) {
        let _ = self.0.remove();
    }
}
