//! A file that is being received into a folder's history, before it is put into the folder.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::files::{persist, temporary};

/// A file being received. It is deleted when it is dropped without being put.
#[derive(Debug)]
pub struct IncomingFile(NamedTempFile);

impl IncomingFile {
    /// A new, empty file in `folder`.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        temporary(folder, "in-").map(Self)
    }

    /// Where the bytes received so far are.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Whether nothing was received yet.
    pub fn is_empty(&self) -> bool {
        self.0.as_file().metadata().is_ok_and(|metadata| metadata.len() == 0)
    }

    /// The open file; `io::copy` between files copies within the kernel.
    pub(super) fn as_file_mut(&mut self) -> &mut File {
        self.0.as_file_mut()
    }

    /// Syncs the file and renames it to `path` in the same file system, replacing what is there.
    pub(super) fn persist(self, path: &Path) -> io::Result<()> {
        self.0.as_file().sync_all()?;
        persist(self.0, path)
    }
}

impl Write for IncomingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.as_file_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.as_file_mut().flush()
    }
}
