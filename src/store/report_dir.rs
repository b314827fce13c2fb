//! The folder of one report in an output folder. Its containment is checked once, and the files that are written
//! together share one entry in the journal.

use std::io;
use std::path::PathBuf;

use super::StoreError;
use super::containment::{inside_through_links, is_plain_name};
use super::error::clone_io_error;
use super::files::digest_of_plain;
use super::output_dir::{OutputDir, PlannedWrite, WriteOutcome};

/// A file that is to be written.
#[derive(Debug)]
pub struct RenderedFile<E> {
    /// Its name in the folder.
    pub name: String,
    /// Its contents, or why there are none.
    pub bytes: Result<Vec<u8>, E>,
}

/// A file that was to be written.
#[derive(Debug)]
pub struct StoredFile<E> {
    /// Its name in the folder.
    pub name: String,
    /// What was done, or why the file is not as it should be.
    pub outcome: Result<WriteOutcome, E>,
}

/// A folder that a report's files are written into.
#[derive(Debug)]
pub struct ReportDir<'o> {
    outputs: &'o OutputDir,
    name: &'o str,
    path: PathBuf,
    /// Whether the folder existed before anything was written into it, or why nothing may be written.
    existed: io::Result<bool>,
}

impl<'o> ReportDir<'o> {
    /// The folder `name` of the output folder; it is created when the first file is written.
    pub fn new(outputs: &'o OutputDir, name: &'o str) -> Self {
        let existed = inside_through_links(outputs.root(), name).map(|inside| inside.exists);
        Self { outputs, name, path: outputs.root().join(name), existed }
    }

    /// The folder's name.
    pub fn name(&self) -> &'o str {
        self.name
    }

    /// The path of a file in it.
    pub fn path_of(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes files into the folder; a file without contents is passed through. A file that the system refuses, or
    /// whose folder leads out of the output folder, is an error, stays as it was and stops no other.
    pub fn write<E: From<StoreError>>(&self, files: Vec<RenderedFile<E>>) -> Vec<StoredFile<E>> {
        let mut names = Vec::with_capacity(files.len());
        let mut planned = Vec::with_capacity(files.len());
        for RenderedFile { name, bytes } in files {
            planned.push(bytes.and_then(|bytes| self.plan(&name, bytes).map_err(E::from)));
            names.push(name);
        }
        let prepared = self.prepare(planned.iter().flatten());
        let outcomes = planned.into_iter().map(|planned| Ok(self.outputs.execute(planned?, &prepared)?));
        names.into_iter().zip(outcomes).map(|(name, outcome)| StoredFile { name, outcome }).collect()
    }

    /// Decides what to do about a file.
    fn plan(&self, name: &str, bytes: Vec<u8>) -> Result<PlannedWrite, StoreError> {
        let path = self.path_of(name);
        let existed = match &self.existed {
            Ok(existed) => *existed,
            Err(error) => return Err(StoreError::new(&path, clone_io_error(error))),
        };
        if !is_plain_name(name) {
            return Err(StoreError::new(&path, io::Error::other("它在输出文件夹之外")));
        }
        // A file that cannot be read is replaced, or refuses that as well.
        let current = if existed { digest_of_plain(&path) } else { None };
        self.outputs.plan(format!("{}/{name}", self.name), path, current, bytes)
    }

    /// Journals what is about to be written, all at once, and creates the folder.
    fn prepare<'p>(&self, planned: impl Iterator<Item = &'p PlannedWrite>) -> io::Result<()> {
        let any = self.outputs.journal_writes(planned)?;
        if any && matches!(self.existed, Ok(false)) { std::fs::create_dir_all(&self.path) } else { Ok(()) }
    }
}
