//! A copy of what a comparison needs of a run, to compare the next run in the same output folder with it.

use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::load::{LoadError, load};
use super::{Differences, compare};
use crate::manifest;

/// A copy of manifest, sources and Markdown of an output folder.
#[derive(Debug)]
pub struct Snapshot {
    folder: PathBuf,
    /// Deletes the folder with the snapshot, when it is a temporary one.
    _temporary: Option<TempDir>,
}

impl Snapshot {
    /// A snapshot of an output folder in a temporary folder.
    ///
    /// # Errors
    /// When the output folder has no manifest, or the copies cannot be written.
    pub fn temporary(output: &Path) -> io::Result<Self> {
        let temporary = tempfile::tempdir()?;
        let snapshot = Self { folder: temporary.path().to_owned(), _temporary: Some(temporary) };
        snapshot.keep(output)?;
        Ok(snapshot)
    }

    /// The snapshot stored in that folder, which may be empty or not exist yet.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder, _temporary: None }
    }

    /// Replaces the snapshot by one of the output folder.
    ///
    /// # Errors
    /// When the output folder has no manifest, or the copies cannot be written.
    pub fn keep(&self, output: &Path) -> io::Result<()> {
        let now = load(output).map_err(io::Error::other)?.compared_files();
        let before = load(&self.folder).map(|before| before.compared_files()).unwrap_or_default();
        for removed in before.iter().filter(|file| !now.contains(file)) {
            let _ = std::fs::remove_file(self.folder.join(removed));
        }
        let manifest = PathBuf::from(manifest::FILE);
        now.iter().chain([&manifest]).try_for_each(|file| {
            let (from, to) = (output.join(file), self.folder.join(file));
            to.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            match std::fs::copy(from, to) {
                // A branch without this file is compared by its metrics alone, which `not_compared` reports.
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                copied => copied.map(drop),
            }
        })
    }

    /// The differences between the snapshot and the output folder.
    ///
    /// # Errors
    /// When one of the manifests cannot be read.
    pub fn compare(&self, output: &Path) -> Result<Differences, LoadError> {
        Ok(compare(&load(&self.folder)?, &load(output)?))
    }

    /// Like [`Self::compare`], then replaces the snapshot by one of the output folder.
    ///
    /// # Errors
    /// When one of the manifests cannot be read.
    pub fn compare_and_update(&mut self, output: &Path) -> Result<Differences, LoadError> {
        let differences = self.compare(output)?;
        // Files that could not be copied leave their branches to be compared by metrics alone.
        let _ = self.keep(output);
        Ok(differences)
    }

    /// Whether the snapshot is of the run in the output folder: whether their manifests are equal.
    pub fn is_current(&self, output: &Path) -> bool {
        let manifest = |folder: &Path| std::fs::read(folder.join(manifest::FILE)).ok();
        manifest(&self.folder) == manifest(output)
    }
}
