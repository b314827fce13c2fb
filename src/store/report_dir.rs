//! A folder of an output folder, looked at once for all the files that are written into it.

use std::io;
use std::path::{Path, PathBuf};

use super::containment::{inside_through_links, is_plain_name};
use super::output_dir::{OutputDir, Step, WriteOutcome};
use super::{StoreError, sha256};

/// A file by its name, and its bytes, or why there are none.
pub type Made<E> = (String, Result<Vec<u8>, E>);

/// A file by its name, and what became of it, or why it is not there.
pub type Stored<E> = (String, Result<WriteOutcome, E>);

/// A folder that a report's files are written into.
#[derive(Debug)]
pub struct ReportDir<'o> {
    outputs: &'o OutputDir,
    name: &'o str,
    path: PathBuf,
    /// Whether it was there before anything was written into it, or why nothing may be.
    there: io::Result<bool>,
}

impl<'o> ReportDir<'o> {
    /// The folder of that name; nothing is written yet.
    pub(super) fn new(outputs: &'o OutputDir, root: &Path, name: &'o str) -> Self {
        let there = inside_through_links(root, name).map(|inside| inside.exists);
        Self { outputs, name, path: root.join(name), there }
    }

    /// What it is called.
    pub fn name(&self) -> &'o str {
        self.name
    }

    /// Where a file of it stands.
    pub fn place(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes files into it, each by its name, and gives what became of each; one that could not be made is handed
    /// through. A file that the system refuses, or whose folder leads out of the output folder, is an error and stands
    /// there as before; it stops no other.
    pub fn write<E: From<StoreError>>(&self, made: Vec<Made<E>>) -> Vec<Stored<E>> {
        let step = |(name, bytes): Made<E>| {
            let step = bytes.and_then(|bytes| self.step(&name, bytes).map_err(E::from));
            (name, step)
        };
        let steps: Vec<_> = made.into_iter().map(step).collect();
        let ready = self.make_ready(steps.iter().filter_map(|(_, step)| step.as_ref().ok()));
        let stored = |(name, step): (String, Result<Step, E>)| {
            let written = step.and_then(|step| self.outputs.take(step, &ready).map_err(E::from));
            (name, written)
        };
        steps.into_iter().map(stored).collect()
    }

    /// What is to be done for a file.
    fn step(&self, name: &str, bytes: Vec<u8>) -> Result<Step, StoreError> {
        let place = self.place(name);
        let refused = |why: &io::Error| StoreError::new(&place, copied(why));
        let was_there = *self.there.as_ref().map_err(refused)?;
        if !is_plain_name(name) {
            return Err(refused(&io::Error::other("它在输出文件夹之外")));
        }
        // What cannot be read is replaced, or refuses that too.
        let there = if was_there { std::fs::read(&place).ok() } else { None };
        self.outputs.step(format!("{}/{name}", self.name), place, there.as_deref().map(sha256), bytes)
    }

    /// Notes what is about to be written, all at once, and makes the folder that it is written into.
    fn make_ready<'s>(&self, steps: impl Iterator<Item = &'s Step>) -> io::Result<()> {
        let any = self.outputs.note(steps)?;
        if any && matches!(self.there, Ok(false)) { std::fs::create_dir_all(&self.path) } else { Ok(()) }
    }
}

/// The same error once more: it may refuse several files.
pub(super) fn copied(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), error.to_string())
}
