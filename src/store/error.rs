//! The error of every operation on files.

use std::io;
use std::path::{Path, PathBuf};

/// A file that could not be read, written or locked. The message names the file; `source` has the system's reason.
#[derive(Debug, thiserror::Error)]
#[error("写不进 {}", path.display())]
pub struct StoreError {
    /// The file or folder, never a temporary one.
    pub path: PathBuf,
    /// The system's reason.
    pub source: io::Error,
}

impl StoreError {
    /// The error `source` of an operation on `path`.
    pub fn new(path: &Path, source: io::Error) -> Self {
        Self { path: path.to_owned(), source }
    }
}

/// The same error again: one reason may refuse several files, and `io::Error` cannot be cloned.
pub(super) fn clone_io_error(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), error.to_string())
}
