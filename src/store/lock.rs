//! One run at a time writes into a folder. The operating system holds the lock and releases it when a run ends or dies,
//! so no stale lock can remain.
//!
//! The file `lock` and the folder that has it are never removed. A run opens the file first and locks it next; were the
//! file removed between the two, that run would lock a file that no other run can find.
//!
//! The file of a shard is opened only by a run that holds `lock`, and removed only by one that holds `lock`
//! exclusively.
//!
//! Files are opened to read and write because NFS demands it: it locks a file shared only where it may be read, and
//! exclusively only where it may be written.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::files::{list_folder, open_regular};

/// What the names of shards' files begin with; the shard's index and the number of shards follow.
const SHARD_PREFIX: &str = "lock-";

/// How much of an output folder a run writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockScope {
    /// The whole folder; no other run writes into it meanwhile.
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
    /// A file that is closed is unlocked.
    _files: Vec<File>,
}

impl Lock {
    /// Acquires the lock of a folder; `work_folder` is the program's folder in it. A shard shares the file `lock` and
    /// has also locks a file for its index, exclusively.
    ///
    /// # Errors
    /// When another run holds it (`WouldBlock`, with a Chinese sentence), or nothing can be written into the folder.
    pub fn acquire(work_folder: &Path, scope: LockScope) -> io::Result<Self> {
        let whole = open(&work_folder.join("lock"))?;
        let LockScope::Shard { index, count } = scope else {
            refuse_held(whole.try_lock())?;
            for file in shard_files(work_folder) {
                // One that stays is not locked, and so has no effect.
                let _ = std::fs::remove_file(file.path);
            }
            return Ok(Self { _files: vec![whole] });
        };
        refuse_held(whole.try_lock_shared())?;
        let own = open(&work_folder.join(format!("{SHARD_PREFIX}{index}-{count}")))?;
        refuse_held(own.try_lock())?;
        // Shards of another count assign branches otherwise.
        if shard_files(work_folder).any(|file| file.count != count && is_held(&file.path)) {
            let message = "正在生成的分片总数与这次的不同，等它们结束再试";
            return Err(io::Error::new(io::ErrorKind::WouldBlock, message));
        }
        Ok(Self { _files: vec![whole, own] })
    }

    /// Waits for the lock of a file, for changes that take a moment.
    ///
    /// # Errors
    /// When the file cannot be created or locked.
    pub fn wait(file: &Path) -> io::Result<Self> {
        let file = open(file)?;
        file.lock()?;
        Ok(Self { _files: vec![file] })
    }
}

/// Opens a file to be locked; creates it when it does not exist. A link is not followed, and nothing is opened that may
/// never return.
fn open(path: &Path) -> io::Result<File> {
    if path.symlink_metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return Err(io::Error::other("程序自己用的文件 lock 是链接或别的东西，请把它移开"));
    }
    File::options().read(true).write(true).create(true).truncate(false).open(path)
}

/// Puts into words that another run holds a lock.
fn refuse_held(locked: Result<(), TryLockError>) -> io::Result<()> {
    locked.map_err(|error| match error {
        TryLockError::WouldBlock => {
            io::Error::new(io::ErrorKind::WouldBlock, "另一次生成正在写这个输出文件夹，等它结束再试")
        }
        TryLockError::Error(error) => error,
    })
}

/// The lock file of a shard, which names its index and the number of shards.
struct ShardFile {
    path: PathBuf,
    /// The number of shards.
    count: u32,
}

/// The files of shards in the program's folder, whether a run holds them or not.
fn shard_files(work_folder: &Path) -> impl Iterator<Item = ShardFile> {
    list_folder(work_folder).into_iter().filter_map(|path| {
        let name = path.file_name()?.to_str()?;
        let count = name.strip_prefix(SHARD_PREFIX)?.split_once('-')?.1.parse().ok()?;
        Some(ShardFile { path, count })
    })
}

/// Whether a run holds the file of a shard. The file is locked shared to see it: two runs that look at the same time do
/// not take each other for the holder.
fn is_held(path: &Path) -> bool {
    open_regular(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::Path;

    use super::{Lock, LockScope, open};

    fn shard(index: u32, count: u32) -> LockScope {
        LockScope::Shard { index, count }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn one_run_or_its_shards_hold_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let acquire = |scope| Lock::acquire(folder.path(), scope);
        let whole = acquire(LockScope::Whole).unwrap();
        assert!(acquire(LockScope::Whole).is_err() && acquire(shard(0, 2)).is_err());
        drop(whole);
        let shards = [0, 1].map(|index| acquire(shard(index, 2)).unwrap());
        assert!(acquire(shard(1, 2)).is_err() && acquire(LockScope::Whole).is_err());
        assert!(acquire(shard(2, 3)).is_err());
        drop(shards);
        drop(acquire(shard(2, 3)).unwrap());
        assert_eq!(names(folder.path()), ["lock", "lock-0-2", "lock-1-2", "lock-2-3"]);
        drop(acquire(LockScope::Whole).unwrap());
        assert_eq!(names(folder.path()), ["lock"]);
    }

    #[test]
    fn a_run_that_opened_the_lock_while_another_ended_excludes_a_third() {
        let folder = tempfile::tempdir().unwrap();
        for ending in [LockScope::Whole, shard(0, 2)] {
            let ended = Lock::acquire(folder.path(), ending).unwrap();
            let opened = open(&folder.path().join("lock")).unwrap();
            drop(ended);
            opened.try_lock().unwrap();
            assert!(Lock::acquire(folder.path(), LockScope::Whole).is_err(), "{ending:?}");
            assert!(Lock::acquire(folder.path(), shard(0, 2)).is_err(), "{ending:?}");
        }
    }

    #[test]
    fn a_run_that_looks_at_a_shard_of_another_count_is_not_taken_for_it() {
        let folder = tempfile::tempdir().unwrap();
        drop(Lock::acquire(folder.path(), shard(0, 2)).unwrap());
        let looking = File::open(folder.path().join("lock-0-2")).unwrap();
        looking.try_lock_shared().unwrap();
        Lock::acquire(folder.path(), shard(1, 3)).unwrap();
    }
}
