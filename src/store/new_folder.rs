//! A folder that is made whole or not at all: filled beside its place under a temporary name, then renamed.

use std::io;
use std::path::{Path, PathBuf};

use super::StoreError;
use super::files::{list_folder, parent_folder, sync_folder, write, write_new};
use super::temporary_folder::TemporaryFolder;

/// A folder while it is filled. When it is dropped before it is in its place, it is removed with the folders above it
/// that were made for it.
#[derive(Debug)]
pub struct NewFolder {
    target: PathBuf,
    /// Only its owner can enter what is around its files; these have the usual permissions.
    temporary: TemporaryFolder,
    /// Below `temporary`, since fields are dropped in their order: the folders must be empty by then.
    _parents: NewParents,
}

/// The folders above one that were made for it, the lowest first; those that are empty are removed in the end.
#[derive(Debug)]
struct NewParents(Vec<PathBuf>);

impl Drop for NewParents {
    fn drop(&mut self) {
        // A folder that holds something is not removed.
        self.0.iter().for_each(|folder| _ = std::fs::remove_dir(folder));
    }
}

impl NewFolder {
    /// Begins a folder that is to be at `target`, where nothing or an empty folder may be.
    ///
    /// # Errors
    /// When something is there (`AlreadyExists`), or the system refuses.
    pub fn begin(target: &Path) -> Result<Self, StoreError> {
        Self::try_begin(target).map_err(|source| StoreError::new(target, source))
    }

    fn try_begin(target: &Path) -> io::Result<Self> {
        let target = std::path::absolute(target)?;
        let is_free = match target.symlink_metadata() {
            Ok(metadata) => metadata.is_dir() && list_folder(&target).is_empty(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(error) => return Err(error),
        };
        if !is_free {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let parent = parent_folder(&target);
        if parent.ancestors().any(|folder| folder.is_symlink() && !folder.exists()) {
            return Err(io::Error::other("路径中有一段是链接，它指向的文件夹不存在"));
        }
        let missing = parent.ancestors().take_while(|folder| !folder.exists());
        let parents = NewParents(missing.map(Path::to_owned).collect());
        std::fs::create_dir_all(parent)?;
        let temporary = TemporaryFolder::hidden_in(parent)?;
        Ok(Self { target, temporary, _parents: parents })
    }

    /// Where its files are until it is in its place.
    pub fn path(&self) -> &Path {
        self.temporary.path()
    }

    /// Writes a file; `name` is its path below the folder.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        write(&self.path().join(name), bytes)
    }

    /// Copies a file into it; `name` is its path below the folder.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn copy(&self, name: &str, from: &Path) -> Result<(), StoreError> {
        let path = self.path().join(name);
        let folder = parent_folder(&path);
        std::fs::create_dir_all(folder).map_err(|source| StoreError::new(&path, source))?;
        write_new(&path, from)
    }

    /// Puts the folder in its place.
    ///
    /// # Errors
    /// When something came to be there meanwhile, or the system refuses.
    pub fn finish(self) -> Result<(), StoreError> {
        let place = || {
            // An empty folder in the place: some systems rename only to where nothing is.
            let _ = std::fs::remove_dir(&self.target);
            std::fs::rename(self.temporary.path(), &self.target)
        };
        place().map_err(|source| StoreError::new(&self.target, source))?;
        let parent = parent_folder(&self.target);
        drop(self.temporary);
        sync_folder(parent).map_err(|source| StoreError::new(parent, source))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::NewFolder;
    use crate::store::files::list_folder;

    /// Half a notice, or copies of ledgers.
    #[test]
    fn what_a_killed_run_was_filling_is_private_and_removed_by_the_next() {
        let root = tempfile::tempdir().unwrap();
        let killed = NewFolder::begin(&root.path().join("甲")).unwrap();
        killed.write("a.md", b"1").unwrap();
        let outer = killed.path().parent().unwrap().to_owned();
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&outer.metadata().unwrap().permissions());
            assert_eq!(mode & 0o777, 0o700);
        }
        let other = NewFolder::begin(&root.path().join("乙")).unwrap();
        assert!(outer.exists(), "a run under way keeps its own");
        let copy = root.path().join(".zicha-new-killed");
        std::fs::create_dir_all(copy.join("files")).unwrap();
        std::fs::write(copy.join("files/a.md"), "1").unwrap();
        std::fs::write(copy.join("lock"), "").unwrap();
        drop((killed, other));
        drop(NewFolder::begin(&root.path().join("甲")).unwrap());
        assert_eq!(list_folder(root.path()).len(), 0);
    }

    #[test]
    fn a_folder_is_whole_or_absent() {
        let root = tempfile::tempdir().unwrap();
        let names = |folder: &Path| list_folder(folder).len();
        let target = root.path().join("甲/乙");
        let folder = NewFolder::begin(&target).unwrap();
        folder.write("a/b.md", b"1").unwrap();
        assert!(!target.exists());
        drop(folder);
        assert_eq!(names(root.path()), 0, "nothing is left");
        std::fs::create_dir_all(&target).unwrap();
        let folder = NewFolder::begin(&target).unwrap();
        folder.write("a/b.md", b"1").unwrap();
        std::fs::write(root.path().join("x.csv"), "2").unwrap();
        folder.copy("input/x.csv", &root.path().join("x.csv")).unwrap();
        folder.finish().unwrap();
        assert_eq!(std::fs::read(target.join("a/b.md")).unwrap(), b"1");
        assert_eq!(std::fs::read(target.join("input/x.csv")).unwrap(), b"2");
        assert_eq!(names(&root.path().join("甲")), 1);
        assert!(NewFolder::begin(&target).is_err(), "it has files");
        assert!(NewFolder::begin(&root.path().join("x.csv")).is_err(), "a file");
    }
}
