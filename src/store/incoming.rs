//! A file that is being received into a folder's history, before it is put into the folder.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::files::{TEMPORARY_PREFIX, temporary};

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

    /// The open file; `io::copy` between files copies within the kernel.
    pub(super) fn as_file_mut(&mut self) -> &mut File {
        self.0.as_file_mut()
    }

    /// Syncs the file and renames it to `path`, replacing what is there. When `path` is in another file system (a mounted
    /// folder of ledgers), it is copied beside `path` first.
    pub(super) fn persist(self, path: &Path) -> io::Result<()> {
        self.0.as_file().sync_all()?;
        match self.0.persist(path) {
            Ok(_) => Ok(()),
            Err(error) if error.error.kind() == io::ErrorKind::CrossesDevices => {
                let mut copy = temporary(path.parent().unwrap_or(Path::new(".")), TEMPORARY_PREFIX)?;
                io::copy(&mut File::open(error.file.path())?, copy.as_file_mut())?;
                copy.as_file().sync_all()?;
                copy.persist(path).map(drop).map_err(|error| error.error)
            }
            Err(error) => Err(error.error),
        }
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
