//! Temporary folders, which hold copies of ledgers and reports: only their owner can enter one, and what a killed run
//! left behind is removed by a later run. One is where the system has temporary files, or beside the folder that its
//! files become.
//!
//! `zicha-<random>/lock` is locked by the run that uses the folder, and `zicha-<random>/files/` is the folder. Whoever
//! has the lock may remove both, the files first. A run may find its new folder removed before it has locked it; it
//! then makes another.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::files::{list_folder, open_regular};

/// What the names of temporary folders begin with, among the system's temporary files.
const PREFIX: &str = "zicha-";
/// The same beside other folders, where it is hidden.
const HIDDEN_PREFIX: &str = ".zicha-new-";

/// A temporary folder, removed when it is dropped.
#[derive(Debug)]
pub struct TemporaryFolder {
    files: PathBuf,
    /// Unlocked before the folder is removed: Windows removes no open file.
    _lock: File,
    _outer: TempDir,
}

impl TemporaryFolder {
    /// A new, empty folder where the system has temporary files.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn new() -> io::Result<Self> {
        Self::new_in(&std::env::temp_dir(), PREFIX)
    }

    /// A new, empty folder in `parent`; removes what killed runs left there.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn hidden_in(parent: &Path) -> io::Result<Self> {
        remove_abandoned_in(parent, HIDDEN_PREFIX);
        Self::new_in(parent, HIDDEN_PREFIX)
    }

    fn new_in(parent: &Path, prefix: &str) -> io::Result<Self> {
        loop {
            let mut builder = tempfile::Builder::new();
            builder.prefix(prefix);
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
            let outer = builder.tempdir_in(parent)?;
            let lock_path = outer.path().join("lock");
            let lock = match File::create_new(&lock_path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                lock => lock?,
            };
            if lock.try_lock().is_ok() && lock_path.exists() {
                let files = outer.path().join("files");
                std::fs::create_dir(&files)?;
                return Ok(Self { files, _lock: lock, _outer: outer });
            }
        }
    }

    /// The folder for files; the lock is beside it, not in it.
    pub fn path(&self) -> &Path {
        &self.files
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        remove_files(&self.files);
    }
}

/// Removes the files before anything else of their folder: a run that is killed meanwhile leaves the lock beside what
/// is left, by which a later run knows that it may remove it.
fn remove_files(files: &Path) {
    // What the system refuses to remove here it refuses again when the outer folder is removed.
    let _ = std::fs::remove_dir_all(files);
}

/// Whether a folder of that name beside others is being filled by a run, or was left by a killed one.
pub fn is_unfinished(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with(HIDDEN_PREFIX)
}

/// Removes the temporary folders of this user that no run uses: those of killed runs. What cannot be removed stays.
pub fn remove_abandoned_folders() {
    remove_abandoned_in(&std::env::temp_dir(), PREFIX);
}

fn remove_abandoned_in(parent: &Path, prefix: &str) {
    for folder in list_folder(parent).into_iter().filter(|path| is_own_folder(path, prefix)) {
        match open_regular(&folder.join("lock")) {
            Ok(lock) => {
                if lock.try_lock().is_ok() {
                    remove_unused(&folder, lock);
                }
            }
            // Killed before it made the file, or about to make it: only an empty folder is removed.
            Err(_) => drop(std::fs::remove_dir(&folder)),
        }
    }
}

/// Removes a folder that a killed run left, and nothing that such a run does not put there: a person may have a folder
/// of that name with a file `lock`.
fn remove_unused(folder: &Path, lock: File) {
    let is_own = |path: &PathBuf| path.file_name().is_some_and(|name| name == "lock" || name == "files");
    if !list_folder(folder).iter().all(is_own) {
        return;
    }
    let files = folder.join("files");
    remove_files(&files);
    if std::fs::symlink_metadata(&files).is_ok() {
        return; // a later run needs the lock to remove what is left
    }
    // Removed before it is unlocked: a run that has made the folder and not yet locked it then sees that. Closed before
    // the folder is removed: Windows keeps a removed file in its folder until then.
    let _ = std::fs::remove_file(folder.join("lock"));
    drop(lock);
    let _ = std::fs::remove_dir(folder);
}

/// Whether the path is a temporary folder that this user made. Others can write where it is, but not replace it.
fn is_own_folder(path: &Path, prefix: &str) -> bool {
    let is_named = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix));
    is_named && std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir() && is_own(&metadata))
}

#[cfg(unix)]
fn is_own(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(metadata) == rustix::process::geteuid().as_raw()
}

/// Temporary folders are inside the user's own there.
#[cfg(not(unix))]
fn is_own(_: &std::fs::Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::{PREFIX, TemporaryFolder, remove_abandoned_in};

    #[test]
    fn a_folder_is_private_and_only_abandoned_ones_are_removed() {
        let parent = tempfile::tempdir().unwrap();
        let names = || {
            let mut names = std::fs::read_dir(parent.path()).unwrap().map(|entry| entry.unwrap().file_name());
            let mut names: Vec<_> = names.by_ref().map(|name| name.into_string().unwrap()).collect();
            names.sort();
            names
        };
        let used = TemporaryFolder::new_in(parent.path(), PREFIX).unwrap();
        std::fs::write(used.path().join("台账.csv"), "甲").unwrap();
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(
                &std::fs::metadata(used.path().parent().unwrap()).unwrap().permissions(),
            );
            assert_eq!(mode & 0o777, 0o700);
        }
        let own = names();
        // As a run leaves them that is killed after it made its folder, its lock, its files.
        let abandoned = |name: &str| parent.path().join(name);
        std::fs::create_dir_all(abandoned("zicha-a")).unwrap();
        std::fs::create_dir_all(abandoned("zicha-b")).unwrap();
        std::fs::write(abandoned("zicha-b/lock"), "").unwrap();
        std::fs::create_dir_all(abandoned("zicha-c/files/data")).unwrap();
        std::fs::write(abandoned("zicha-c/lock"), "").unwrap();
        std::fs::write(abandoned("zicha-c/files/data/台账.csv"), "乙").unwrap();
        // What is not the program's.
        std::fs::create_dir_all(abandoned("zicha-d/other")).unwrap();
        std::fs::create_dir_all(abandoned("zicha-g/文稿")).unwrap();
        std::fs::write(abandoned("zicha-g/lock"), "").unwrap();
        std::fs::write(abandoned("zicha-e"), "").unwrap();
        std::fs::create_dir_all(abandoned("other")).unwrap();
        std::fs::write(abandoned("other/lock"), "").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(abandoned("other"), abandoned("zicha-f")).unwrap();
        remove_abandoned_in(parent.path(), PREFIX);
        let mut left = ["other", "zicha-d", "zicha-e", "zicha-g"].map(str::to_owned).to_vec();
        if cfg!(unix) {
            left.push("zicha-f".to_owned());
        }
        left.extend(own.clone());
        left.sort();
        assert_eq!(names(), left);
        assert!(abandoned("other/lock").exists());
        assert_eq!(std::fs::read_to_string(used.path().join("台账.csv")).unwrap(), "甲");
        drop(used);
        assert!(!names().contains(&own[0]));
    }
}
