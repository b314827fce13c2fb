//! Keeps a copy of what a comparison reads of an output folder, to compare the next run with it.

use std::io;
use std::path::{Path, PathBuf};

use super::load::{LoadError, load};
use super::{Differences, compare};
use crate::manifest;
use crate::store::{TemporaryFolder, copy_regular};

/// A copy of a run's record, sources and Markdown reports.
#[derive(Debug)]
pub(crate) struct Snapshot {
    folder: PathBuf,
    /// Removes the folder with the snapshot, when it is temporary.
    _temporary: Option<TemporaryFolder>,
}

impl Snapshot {
    /// A snapshot of an output folder in a temporary folder.
    ///
    /// # Errors
    /// When the folder has no record, or copies cannot be written.
    pub(crate) fn temporary(output: &Path) -> io::Result<Self> {
        let temporary = TemporaryFolder::new()?;
        let snapshot = Self { folder: temporary.path().to_owned(), _temporary: Some(temporary) };
        snapshot.keep(output)?;
        Ok(snapshot)
    }

    /// The snapshot in a folder that stays; it may be empty yet.
    pub(crate) fn at(folder: PathBuf) -> Self {
        Self { folder, _temporary: None }
    }

    /// Copies an output folder's record, sources and texts in place of the previous copy.
    ///
    /// # Errors
    /// When the output folder has no record, or copies cannot be written.
    pub(crate) fn keep(&self, output: &Path) -> io::Result<()> {
        let now = load(output).map_err(io::Error::other)?.compared_files();
        let before = load(&self.folder).map(|before| before.compared_files()).unwrap_or_default();
        for gone in before.iter().filter(|file| !now.contains(file)) {
            let _ = std::fs::remove_file(self.folder.join(gone));
        }
        let record = PathBuf::from(manifest::FILE);
        now.iter().chain([&record]).try_for_each(|file| {
            let (from, to) = (output.join(file), self.folder.join(file));
            to.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            let copied = copy_regular(&from, &to);
            // Of a branch without the file only metrics are compared, and the comparison says so; likewise where a link
            // or a pipe is in its place.
            if copied.is_err() && !from.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) {
                let _ = std::fs::remove_file(&to);
                return Ok(());
            }
            copied
        })
    }

    /// Compares the snapshot with the output folder.
    ///
    /// # Errors
    /// When one of the records cannot be read.
    pub(crate) fn compare(&self, output: &Path) -> Result<Differences, LoadError> {
        Ok(compare(&load(&self.folder)?, &load(output)?))
    }

    /// Compares the snapshot with the output folder, then takes a snapshot of it.
    ///
    /// # Errors
    /// When one of the records cannot be read.
    pub(crate) fn compare_and_update(&mut self, output: &Path) -> Result<Differences, LoadError> {
        let differences = self.compare(output)?;
        // Of what could not be copied only metrics are compared next time.
        let _ = self.keep(output);
        Ok(differences)
    }

    /// Whether the snapshot is of the last run in the output folder.
    pub(crate) fn is_of(&self, output: &Path) -> bool {
        let record = |folder: &Path| std::fs::read(folder.join(manifest::FILE)).ok();
        record(&self.folder) == record(output)
    }
}
