//! Operations on single files: written whole or not at all, through a temporary file in the same file system.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::NamedTempFile;

use super::StoreError;

/// The prefix of temporary files beside the file that they replace.
pub(super) const TEMPORARY_PREFIX: &str = ".zicha-";

/// Replaces a file, or creates it with its folders; whole or not at all.
///
/// # Errors
/// When the system refuses; an earlier file is then unchanged.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|source| StoreError::new(path, source))?;
    write_via(folder, TEMPORARY_PREFIX, path, bytes)
}

/// Copies the file `from` to `path`, where nothing may exist yet; whole or not at all.
///
/// # Errors
/// When something exists there (`AlreadyExists`), or the system refuses.
pub fn write_new(path: &Path, from: &Path) -> Result<(), StoreError> {
    let copy_and_rename = || {
        let mut copy = temporary(path.parent().unwrap_or(Path::new(".")), TEMPORARY_PREFIX)?;
        io::copy(&mut File::open(from)?, copy.as_file_mut())?;
        copy.persist_noclobber(path).map(drop).map_err(|error| error.error)
    };
    copy_and_rename().map_err(|source| StoreError::new(path, source))
}

/// Whether a file exists with other contents than these.
pub fn is_other(path: &Path, bytes: &[u8]) -> bool {
    match std::fs::read(path) {
        Ok(current) => current != bytes,
        // A file that cannot be read is there all the same.
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

/// Copies a file beside itself under the first free name `<stem>-改动<n>.<extension>`; the copy's path.
///
/// # Errors
/// When the system refuses.
pub fn copy_aside(path: &Path) -> Result<PathBuf, StoreError> {
    copy_to_free_name(path).map_err(|source| StoreError::new(path, source))
}

fn copy_to_free_name(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
    for number in 1.. {
        let copy = path.with_file_name(format!("{stem}-改动{number}.{extension}"));
        match File::options().write(true).create_new(true).open(&copy) {
            Ok(mut file) => {
                io::copy(&mut File::open(path)?, &mut file)?;
                return Ok(copy);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Writes `bytes` into a temporary file in `folder`, named with `prefix`, and renames it to `path`. Both must be in one
/// file system.
pub(super) fn write_via(folder: &Path, prefix: &str, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let write_and_rename = || {
        let mut file = temporary(folder, prefix)?;
        file.write_all(bytes)?;
        file.persist(path).map(drop).map_err(|error| error.error)
    };
    write_and_rename().map_err(|source| StoreError::new(path, source))
}

/// A temporary file in `folder` that will be renamed. Its mode is 0644: temporary files are private by default, but
/// the office reads what it becomes.
pub(super) fn temporary(folder: &Path, prefix: &str) -> io::Result<NamedTempFile> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    builder.tempfile_in(folder)
}

/// When a file last changed; `None` when it does not exist.
pub fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// The paths of a folder's entries, in no order; empty when the folder cannot be listed.
pub fn list_folder(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// Waits until a folder's entries (names, not contents) are on disk. Windows has no such call: nothing is done there.
///
/// # Errors
/// When the system refuses.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
