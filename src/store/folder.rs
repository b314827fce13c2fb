//! A folder of an output folder, looked at once for all the files that are written into it.

use std::io;
use std::path::{Component, Path, PathBuf};

use super::outputs::{Outputs, Written};
use super::{StoreError, sha256};

/// A folder that a report's files are written into.
#[derive(Debug)]
pub struct Folder<'o> {
    outputs: &'o Outputs,
    name: &'o str,
    path: PathBuf,
    /// Whether it was there before anything was written into it, or why nothing may be.
    there: io::Result<bool>,
}

impl<'o> Folder<'o> {
    /// The folder of that name; nothing is written yet.
    pub(super) fn new(outputs: &'o Outputs, root: &Path, name: &'o str) -> Self {
        let there = stays_inside(root, Path::new(name));
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

    /// Writes a file into it.
    ///
    /// # Errors
    /// When the system refuses, or the folder leads out of the output folder; what stood there before still stands.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<Written, StoreError> {
        let place = self.place(name);
        let refused = |why: &io::Error| StoreError::new(&place, io::Error::new(why.kind(), why.to_string()));
        let was_there = *self.there.as_ref().map_err(refused)?;
        if place.parent() != Some(&self.path) || place.file_name().is_none() {
            return Err(refused(&io::Error::other("它在输出文件夹之外")));
        }
        // What cannot be read is replaced, or refuses that too.
        let there = if was_there { std::fs::read(&place).ok() } else { None };
        self.outputs.replace(&format!("{}/{name}", self.name), &place, there.as_deref().map(sha256), bytes)
    }
}

/// Refuses a folder that leads out of the root, itself or by a link; whether it is there. Paths come from records, too.
pub(super) fn stays_inside(root: &Path, folder: &Path) -> io::Result<bool> {
    if !folder.components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(io::Error::other("它在输出文件夹之外"));
    }
    let (mut place, mut there) = (root.to_owned(), true);
    for part in folder.components() {
        place.push(part);
        let metadata = std::fs::symlink_metadata(&place);
        let is_link = metadata.as_ref().is_ok_and(std::fs::Metadata::is_symlink);
        if is_link && !place.canonicalize()?.starts_with(root.canonicalize()?) {
            return Err(io::Error::other("它是指向输出文件夹之外的链接，没有写"));
        }
        there = metadata.is_ok();
    }
    Ok(there)
}
