//! One run at a time writes into an output folder. The system holds the lock and gives it back when a run dies, so none
//! is ever left behind.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::StoreError;

/// How much of an output folder a run wants for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockScope {
    /// All of it.
    Whole,
    /// What one shard of a run writes; other shards may write beside it.
    Shard {
        /// Which, from 0.
        at: u32,
        /// Of how many.
        of: u32,
    },
}

/// A lock that is held.
#[derive(Debug)]
pub struct Lock {
    held: Vec<(PathBuf, File)>,
}

impl Lock {
    /// Takes the lock of the folder `own`, which belongs to the program.
    ///
    /// # Errors
    /// When another run holds it (`WouldBlock`), or the folder cannot be written into.
    pub fn take(own: &Path, hold: LockScope) -> Result<Self, StoreError> {
        let whole = own.join("lock");
        let mut held = vec![(whole.clone(), locked(&whole, matches!(hold, LockScope::Shard { .. }))?)];
        if let LockScope::Shard { at, of } = hold {
            let shard = own.join(format!("lock-{at}-{of}"));
            held.push((shard.clone(), locked(&shard, false)?));
            if let Some(other) = super::output_dir::files_of(own).into_iter().find(|path| parts_otherwise(path, of)) {
                let message = "正在生成的分片总数与这次的不同，等它们结束再试";
                return Err(StoreError::new(&other, io::Error::new(io::ErrorKind::WouldBlock, message)));
            }
        }
        Ok(Self { held })
    }

    /// Gives the lock back and takes its files away, where nobody else holds them.
    pub fn release(self) {
        for (path, file) in self.held.into_iter().rev() {
            // Only who has it alone may remove it: others may be about to use it.
            if file.unlock().is_ok() && file.try_lock().is_ok() {
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

/// Whether a file is the lock, held by somebody, of a shard of another number of shards: its branches are others.
fn parts_otherwise(path: &Path, of: u32) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let count =
        name.strip_prefix("lock-").and_then(|rest| rest.split_once('-')).and_then(|(_, count)| count.parse().ok());
    let held = || File::open(path).is_ok_and(|file| file.try_lock().is_err());
    count.is_some_and(|count: u32| count != of) && held()
}

/// Opens and locks a file, alone or with others. A file that its last holder removed in the meantime locks nobody out:
/// then it is made again.
fn locked(path: &Path, shared: bool) -> Result<File, StoreError> {
    let error = |source| StoreError::new(path, source);
    loop {
        let file = File::options().create(true).append(true).open(path).map_err(error)?;
        let lock = if shared { file.try_lock_shared() } else { file.try_lock() };
        match lock {
            Ok(()) if is_at(&file, path) => return Ok(file),
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let message = "另一次生成正在写这个输出文件夹，等它结束再试";
                return Err(error(io::Error::new(io::ErrorKind::WouldBlock, message)));
            }
            Err(TryLockError::Error(source)) => return Err(error(source)),
        }
    }
}

/// Whether the file is the one that stands at the path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
    file.metadata().map(id).ok() == std::fs::metadata(path).map(id).ok()
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::{Lock, LockScope};

    #[test]
    fn one_run_or_its_shards_hold_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let take = |hold| Lock::take(folder.path(), hold);
        let whole = take(LockScope::Whole).unwrap();
        assert!(take(LockScope::Whole).is_err() && take(LockScope::Shard { at: 0, of: 2 }).is_err());
        whole.release();
        let shards = [0, 1].map(|at| take(LockScope::Shard { at, of: 2 }).unwrap());
        assert!(take(LockScope::Shard { at: 1, of: 2 }).is_err() && take(LockScope::Whole).is_err());
        assert!(take(LockScope::Shard { at: 2, of: 3 }).is_err());
        std::fs::remove_file(folder.path().join("lock-2-3")).unwrap();
        shards.into_iter().for_each(Lock::release);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        drop(take(LockScope::Whole).unwrap());
        take(LockScope::Whole).unwrap().release();
    }
}
