//! One run at a time writes into a folder. The operating system holds the lock and releases it when a run dies, so no
//! stale lock can remain.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::files::list_folder;

/// How much of an output folder a run writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockScope {
    /// All of it.
    Whole,
    /// The reports of one shard; other shards of the same count may write at the same time.
    Shard {
        /// The shard, from 0.
        index: u32,
        /// The number of shards.
        count: u32,
    },
}

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    files: Vec<LockFile>,
}

/// A locked file.
#[derive(Debug)]
struct LockFile {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// Acquires the lock of an output folder; `work_folder` is the program's folder in it. A shard shares the file `lock`
    /// and has also locks a file for its index, exclusively.
    ///
    /// # Errors
    /// When another run holds it (`WouldBlock`, with a Chinese sentence), or nothing can be written into the folder.
    pub fn acquire(work_folder: &Path, scope: LockScope) -> io::Result<Self> {
        let is_shared = matches!(scope, LockScope::Shard { .. });
        let mut files = vec![LockFile::acquire(work_folder.join("lock"), is_shared)?];
        if let LockScope::Shard { index, count } = scope {
            files.push(LockFile::acquire(work_folder.join(format!("lock-{index}-{count}")), false)?);
            if list_folder(work_folder).iter().any(|path| is_held_shard_of_other_count(path, count)) {
                let message = "正在生成的分片总数与这次的不同，等它们结束再试";
                return Err(io::Error::new(io::ErrorKind::WouldBlock, message));
            }
        }
        Ok(Self { files })
    }

    /// Releases the lock, and removes its files unless another run uses them.
    pub fn release(self) {
        for LockFile { path, file } in self.files.into_iter().rev() {
            // Only the exclusive holder may remove the file: another run may be about to lock it.
            if file.unlock().is_ok() && file.try_lock().is_ok() {
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

impl LockFile {
    /// Creates and locks a file. When its last holder removes it between the two, it is created again: a lock on a
    /// removed file excludes no other run.
    fn acquire(path: PathBuf, is_shared: bool) -> io::Result<Self> {
        loop {
            let file = File::options().create(true).append(true).open(&path)?;
            match if is_shared { file.try_lock_shared() } else { file.try_lock() } {
                Ok(()) if is_at(&file, &path) => return Ok(Self { path, file }),
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let message = "另一次生成正在写这个输出文件夹，等它结束再试";
                    return Err(io::Error::new(io::ErrorKind::WouldBlock, message));
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }
}

/// Whether a path is the held lock of a shard of another number of shards, which assigns branches otherwise.
fn is_held_shard_of_other_count(path: &Path, count: u32) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let Some((_, other)) = name.strip_prefix("lock-").and_then(|rest| rest.split_once('-')) else { return false };
    let is_held = || File::open(path).is_ok_and(|file| file.try_lock().is_err());
    other.parse().is_ok_and(|other: u32| other != count) && is_held()
}

/// Whether the open file is the one that has the path now.
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
        let acquire = |scope| Lock::acquire(folder.path(), scope);
        let shard = |index, count| LockScope::Shard { index, count };
        let whole = acquire(LockScope::Whole).unwrap();
        assert!(acquire(LockScope::Whole).is_err() && acquire(shard(0, 2)).is_err());
        whole.release();
        let shards = [0, 1].map(|index| acquire(shard(index, 2)).unwrap());
        assert!(acquire(shard(1, 2)).is_err() && acquire(LockScope::Whole).is_err());
        assert!(acquire(shard(2, 3)).is_err());
        std::fs::remove_file(folder.path().join("lock-2-3")).unwrap();
        shards.into_iter().for_each(Lock::release);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        drop(acquire(LockScope::Whole).unwrap());
        acquire(LockScope::Whole).unwrap().release();
    }
}
