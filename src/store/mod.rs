//! Bytes onto the disk: names that every system takes, files that are whole or not there, and an output folder that
//! one run at a time writes into, which knows what it wrote from what a person changed since.

mod containment;
mod digest;
mod file_names;
mod journal;
mod lock;
mod output_dir;
mod report_dir;
mod stat_signature;
mod sync;
mod versioned_dir;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

pub use containment::{inside_without_links, is_below, is_plain_name, is_relative_inside};
pub use digest::{Digest, sha256};
pub use file_names::{safe_names, safe_path};
pub use journal::{Change, ChangeKind, history_of};
pub use lock::{Lock, LockScope};
pub use output_dir::{FileState, OutputDir, WriteOutcome, files_of};
pub use report_dir::{Made, ReportDir, Stored};
pub use stat_signature::stat_signature;
pub use versioned_dir::{Incoming, VersionedDir, VersionedDirError};

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("写不进 {}", path.display())]
pub struct StoreError {
    /// The file.
    pub path: PathBuf,
    /// The system's reason.
    pub source: std::io::Error,
}

impl StoreError {
    /// A file, and why the system refuses.
    pub fn new(path: &Path, source: std::io::Error) -> Self {
        Self { path: path.to_owned(), source }
    }
}

/// Writes a file beside its place and moves it there, so that it is whole or not there.
///
/// # Errors
/// When the system refuses; what stood there before still stands.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|source| StoreError::new(path, source))?;
    write_by_way_of(folder, ".zicha-", path, bytes)
}

/// When a file last changed; `None` where there is none.
pub fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// Copies a file to a place where nothing may stand yet, so that it is whole or not there.
///
/// # Errors
/// When something stands there (`AlreadyExists`), or the system refuses.
pub fn write_new(path: &Path, from: &Path) -> Result<(), StoreError> {
    let attempt = || {
        let mut copy = temporary(path.parent().unwrap_or(Path::new(".")), ".zicha-")?;
        std::io::copy(&mut std::fs::File::open(from)?, copy.as_file_mut())?;
        copy.persist_noclobber(path).map(drop).map_err(|error| error.error)
    };
    attempt().map_err(|source| StoreError::new(path, source))
}

/// Writes a file into `folder`, under a name with that prefix, and moves it to its place.
fn write_by_way_of(folder: &Path, prefix: &str, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let attempt = || {
        let mut file = temporary(folder, prefix)?;
        file.write_all(bytes)?;
        file.persist(path).map(drop).map_err(|refused| refused.error)
    };
    attempt().map_err(|source| StoreError::new(path, source))
}

/// A file that will take its place elsewhere. A temporary file belongs to its writer alone; a report is for the office.
fn temporary(folder: &Path, prefix: &str) -> std::io::Result<tempfile::NamedTempFile> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    builder.tempfile_in(folder)
}
