//! A run's output kept aside, to be compared with what the next run makes of it.

use std::io;
use std::path::Path;

use super::load::{LoadError, load};
use super::{Differences, compare};
use crate::record;

/// What a comparison needs of an output folder.
#[derive(Debug)]
pub struct Snapshot {
    kept: tempfile::TempDir,
}

impl Snapshot {
    /// Keeps the record and, of each branch, the sources and the text.
    ///
    /// # Errors
    /// When the folder has no record, or copies cannot be written.
    pub fn of(output: &Path) -> io::Result<Self> {
        let snapshot = Self { kept: tempfile::tempdir()? };
        let all = load(output).map_err(io::Error::other)?.compared();
        all.iter().try_for_each(|file| snapshot.keep(output, file))?;
        snapshot.keep(output, Path::new(record::FILE))?;
        Ok(snapshot)
    }

    /// What is different in the output folder now, which is kept from here on.
    ///
    /// # Errors
    /// When one of the records cannot be read.
    pub fn differences(&mut self, output: &Path) -> Result<Differences, LoadError> {
        let (before, now) = (load(self.kept.path())?, load(output)?);
        let differences = compare(&before, &now);
        for file in now.compared() {
            // A branch without its copy is compared by its figures alone, and the comparison says so.
            let _ = self.keep(output, &file);
        }
        let _ = self.keep(output, Path::new(record::FILE));
        Ok(differences)
    }

    fn keep(&self, output: &Path, file: &Path) -> io::Result<()> {
        let (from, to) = (output.join(file), self.kept.path().join(file));
        to.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        std::fs::copy(from, to).map(|_| ())
    }
}
