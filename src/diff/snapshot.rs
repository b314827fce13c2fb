//! A run's output kept aside, to be compared with what the next run makes of it.

use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::load::{LoadError, load};
use super::{Differences, compare};
use crate::manifest;

/// What a comparison needs of an output folder.
#[derive(Debug)]
pub struct Snapshot {
    folder: PathBuf,
    /// The folder again, when it goes with the snapshot.
    _own: Option<TempDir>,
}

impl Snapshot {
    /// A snapshot of an output folder that nobody needs after this program.
    ///
    /// # Errors
    /// When the folder has no record, or copies cannot be written.
    pub fn of(output: &Path) -> io::Result<Self> {
        let own = tempfile::tempdir()?;
        let snapshot = Self { folder: own.path().to_owned(), _own: Some(own) };
        snapshot.keep(output)?;
        Ok(snapshot)
    }

    /// The snapshot that stays in a folder of its own; there is none at first.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder, _own: None }
    }

    /// Keeps the record and, of each branch, the sources and the text, in place of what was kept before.
    ///
    /// # Errors
    /// When the output folder has no record, or copies cannot be written.
    pub fn keep(&self, output: &Path) -> io::Result<()> {
        let now = load(output).map_err(io::Error::other)?.compared();
        let before = load(&self.folder).map(|before| before.compared()).unwrap_or_default();
        for gone in before.iter().filter(|file| !now.contains(file)) {
            let _ = std::fs::remove_file(self.folder.join(gone));
        }
        let record = PathBuf::from(manifest::FILE);
        now.iter().chain([&record]).try_for_each(|file| {
            let (from, to) = (output.join(file), self.folder.join(file));
            to.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            match std::fs::copy(from, to) {
                // A branch without its file is compared by its metrics alone, and the comparison says so.
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                copied => copied.map(drop),
            }
        })
    }

    /// What is different in the output folder from what is kept.
    ///
    /// # Errors
    /// When one of the records cannot be read.
    pub fn compare(&self, output: &Path) -> Result<Differences, LoadError> {
        Ok(compare(&load(&self.folder)?, &load(output)?))
    }

    /// What is different in the output folder, which is kept from here on.
    ///
    /// # Errors
    /// When one of the records cannot be read.
    pub fn differences(&mut self, output: &Path) -> Result<Differences, LoadError> {
        let differences = self.compare(output)?;
        // What could not be kept is compared by its metrics alone.
        let _ = self.keep(output);
        Ok(differences)
    }

    /// Whether the run that is kept is the last one of the output folder.
    pub fn is_of(&self, output: &Path) -> bool {
        let record = |folder: &Path| std::fs::read(folder.join(manifest::FILE)).ok();
        record(&self.folder) == record(output)
    }
}
