//! An output folder during a run: what the program wrote there it may replace, what a person changed since it keeps.
//!
//! A file is the program's own when its hash is on record: in the last run's `run.json` (given to
//! [`OutputDir::load_known_hashes`]) or in a journal in the program's folder `.zicha/`. A hash is written to the
//! journal before the file is renamed into place, so a killed run leaves whole files, and the next run recognizes them
//! by the journal. When a run ends, one sync makes everything durable and the journal is removed.
//!
//! Reports are written with [`super::ReportDir`]; files that people do not edit are written with
//! [`OutputDir::overwrite`].

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::containment::{inside_through_links, is_relative_inside};
use super::error::clone_io_error;
use super::files::{copy_aside_via, digest_of_plain, has_bytes, list_folder, read_record_text, write_via};
use super::lock::Lock;
use super::own_folder::create_own_folder;
use super::sync::SyncScheduler;
use super::{Digest, LockScope, StoreError, sha256};

/// The program's own folder in an output folder. It has the lock's file and is never removed.
const WORK_FOLDER: &str = ".zicha";
/// The end of the names of journals.
const JOURNAL: &str = "journal";

/// What was done about a file of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteOutcome {
    /// The file has these contents, written now or before.
    Current(Digest),
    /// A person changed the file since it was written; it was kept. The hash is of what the program last wrote.
    Kept(Digest),
    /// The file was replaced. A person may have edited its earlier contents.
    Replaced {
        /// The hash of the new contents.
        digest: Digest,
        /// The copy of the earlier contents.
        backup: PathBuf,
    },
}

/// How a file compares with its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// It has the recorded contents.
    AsRecorded,
    /// A person changed it.
    Changed,
    /// It is missing, or was written by a run that did not finish.
    Other,
}

/// What is to be done about a file.
#[derive(Debug)]
pub(super) enum PlannedWrite {
    /// Nothing more.
    Done(WriteOutcome),
    /// It is written.
    Write {
        /// Its path below the output folder, with `/` between the parts.
        relative: String,
        /// Its path on the disk.
        path: PathBuf,
        digest: Digest,
        bytes: Vec<u8>,
        /// The copy of the earlier contents, when a person may have edited them.
        backup: Option<PathBuf>,
    },
}

/// An output folder that a run holds.
#[derive(Debug)]
pub struct OutputDir {
    root: PathBuf,
    /// The program's own folder in it, absolute.
    work_folder: PathBuf,
    sync: SyncScheduler,
    /// The hashes of what the program wrote, by the files' paths below the folder; that of the last finished run first.
    known_hashes: HashMap<String, Vec<Digest>>,
    journal: Mutex<File>,
    /// What the names of this run's files in the program's folder begin with.
    prefix: String,
    scope: LockScope,
    overwrites_changed: bool,
    /// Held while this value exists.
    _lock: Lock,
}

impl OutputDir {
    /// Locks the folder, creating it when it does not exist; `overwrites_changed` has files replaced that a person
    /// changed, after they were copied aside.
    ///
    /// # Errors
    /// When another run holds it, or nothing can be written there.
    pub fn open(root: &Path, scope: LockScope, overwrites_changed: bool) -> Result<Self, StoreError> {
        // Errors name the folder that the user chose, not the program's folder in it.
        let error = |source| StoreError::new(root, source);
        let work_folder = create_own_folder(root, &[WORK_FOLDER]).map_err(error)?;
        let lock = Lock::acquire(&work_folder, scope).map_err(error)?;
        let prefix = match scope {
            LockScope::Whole => "whole-".to_owned(),
            LockScope::Shard { index, count } => format!("shard-{index}-{count}-"),
        };
        let known_hashes = recover(&work_folder, &prefix);
        let journal = work_folder.join(format!("{prefix}{JOURNAL}"));
        if journal.symlink_metadata().is_ok_and(|metadata| !metadata.is_file()) {
            // Opening a pipe may never return, and a link leads to a file that is not the program's.
            std::fs::remove_file(&journal).map_err(error)?;
        }
        let file = File::options().create(true).append(true).open(journal);
        let journal = Mutex::new(file.map_err(error)?);
        let sync = SyncScheduler::new(root.to_owned());
        if !known_hashes.is_empty() {
            // A killed run did not sync what it wrote.
            sync.record_written(0);
        }
        let work_folder = std::path::absolute(&work_folder).unwrap_or(work_folder);
        Ok(Self {
            root: root.to_owned(),
            work_folder,
            sync,
            known_hashes,
            journal,
            prefix,
            scope,
            overwrites_changed,
            _lock: lock,
        })
    }

    /// Adds the hashes on record in the last run: of each file by its path below the folder.
    pub fn load_known_hashes(&mut self, recorded: impl Iterator<Item = (String, Digest)>) {
        for (path, digest) in recorded {
            self.known_hashes.entry(path).or_default().insert(0, digest);
        }
    }

    /// Whether files that a person changed are replaced.
    pub fn overwrites_changed(&self) -> bool {
        self.overwrites_changed
    }

    /// The folder itself.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The path of a file of a folder below.
    pub fn path_of(&self, folder: &str, name: &str) -> PathBuf {
        self.root.join(folder).join(name)
    }

    /// Compares the file at `relative` below the folder with its record.
    pub fn state(&self, relative: &str, recorded: &Digest) -> FileState {
        match digest_of_plain(&self.root.join(relative)) {
            Some(current) if current == *recorded => FileState::AsRecorded,
            Some(current) if self.last_written_unless(relative, &current).is_some() => FileState::Changed,
            _ => FileState::Other,
        }
    }

    /// Decides what to do about a file, of which `current` is the hash of its contents; copies it aside when it
    /// will be replaced and a person may have edited it.
    pub(super) fn plan(
        &self,
        relative: String,
        path: PathBuf,
        current: Option<Digest>,
        bytes: Vec<u8>,
    ) -> Result<PlannedWrite, StoreError> {
        let digest = sha256(&bytes);
        let Some(current) = current else {
            return Ok(PlannedWrite::Write { relative, path, digest, bytes, backup: None });
        };
        if current == digest {
            return Ok(PlannedWrite::Done(WriteOutcome::Current(digest)));
        }
        let last_written = self.last_written_unless(&relative, &current);
        if let Some(last_written) = last_written.filter(|_| !self.overwrites_changed) {
            return Ok(PlannedWrite::Done(WriteOutcome::Kept(last_written)));
        }
        // A file without any record may be edited or made by a person as well.
        let may_be_edited = last_written.is_some() || !self.known_hashes.contains_key(&relative);
        let copy_aside = || copy_aside_via(&self.work_folder, &self.prefix, &path);
        let backup = may_be_edited.then(copy_aside).transpose()?;
        Ok(PlannedWrite::Write { relative, path, digest, bytes, backup })
    }

    /// Appends the hashes of what is about to be written to the journal; whether there are any.
    pub(super) fn journal_writes<'p>(&self, planned: impl Iterator<Item = &'p PlannedWrite>) -> io::Result<bool> {
        let mut lines = String::new();
        for write in planned {
            if let PlannedWrite::Write { relative, digest, .. } = write {
                lines.push_str(&format!("{digest} {relative}\n"));
            }
        }
        if !lines.is_empty() {
            let mut journal =
                self.journal.lock().map_err(|_| io::Error::other("另一个线程写文件时出错退出，记录不能再写"))?;
            journal.write_all(lines.as_bytes())?;
        }
        Ok(!lines.is_empty())
    }

    /// Does what is planned for a file; `prepared` is the outcome of journaling it and of creating its folder.
    pub(super) fn execute(&self, planned: PlannedWrite, prepared: &io::Result<()>) -> Result<WriteOutcome, StoreError> {
        let (path, digest, bytes, backup) = match planned {
            PlannedWrite::Done(outcome) => return Ok(outcome),
            PlannedWrite::Write { path, digest, bytes, backup, .. } => (path, digest, bytes, backup),
        };
        prepared.as_ref().map_err(|error| StoreError::new(&path, clone_io_error(error)))?;
        write_via(&self.work_folder, &self.prefix, &path, &bytes)?;
        self.sync.record_written(bytes.len());
        Ok(match backup {
            Some(backup) => WriteOutcome::Replaced { digest, backup },
            None => WriteOutcome::Current(digest),
        })
    }

    /// Writes a file that people do not edit (pages, caches, the record of the run); its earlier contents are lost.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn overwrite(&self, relative: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.root.join(relative);
        if has_bytes(&path, bytes) {
            return Ok(());
        }
        write_via(&self.work_folder, &self.prefix, &path, bytes)?;
        self.sync.record_written(bytes.len());
        Ok(())
    }

    /// Removes a file that the program wrote, and its folder when that is empty then; a file that a person changed
    /// stays. Whether it is gone.
    ///
    /// # Errors
    /// When the path, which comes from a record, leads out of the folder, or the system refuses.
    pub fn remove(&self, relative: &str, recorded: &Digest) -> Result<bool, StoreError> {
        let path = self.root.join(relative);
        let error = |source| StoreError::new(&path, source);
        match relative.rsplit_once('/') {
            // The file itself may be a link, which is not followed.
            Some((folder, _)) if is_relative_inside(relative) => {
                inside_through_links(&self.root, folder).map_err(error)?;
            }
            None if is_relative_inside(relative) => {}
            _ => return Err(error(io::Error::other("它在输出文件夹之外"))),
        }
        if self.state(relative, recorded) == FileState::Changed {
            return Ok(false);
        }
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(error(source)),
            _ => {}
        }
        if let Some(folder) = path.parent().filter(|folder| *folder != self.root) {
            // Fails while the folder has other files.
            let _ = std::fs::remove_dir(folder);
        }
        Ok(true)
    }

    /// Writes the record of the run, waits until everything is on disk, and releases the folder.
    ///
    /// # Errors
    /// When the record cannot be written; the folder is released all the same, and the journal stays for the next run.
    pub fn finish(self, record: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let outcome = self.overwrite(record, bytes);
        if outcome.is_ok() {
            self.sync.sync();
            for path in list_folder(&self.work_folder) {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                // The record of a whole run replaces the journals of all runs before it.
                if name.ends_with(JOURNAL) && (self.scope == LockScope::Whole || name.starts_with(&self.prefix)) {
                    let _ = std::fs::remove_file(path);
                }
            }
        }
        outcome
    }

    /// The hash of what the program last wrote there; `None` when `current` is one that it wrote, or it wrote nothing.
    fn last_written_unless(&self, relative: &str, current: &Digest) -> Option<Digest> {
        let known = self.known_hashes.get(relative).filter(|known| !known.contains(current))?;
        known.first().copied()
    }
}

/// Reads the journals of killed runs in the program's folder, and removes the temporary files of those whose names
/// begin with `prefix`: a run of the same scope cannot be at work.
fn recover(work_folder: &Path, prefix: &str) -> HashMap<String, Vec<Digest>> {
    let mut known: HashMap<String, Vec<Digest>> = HashMap::new();
    for path in list_folder(work_folder) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(JOURNAL) {
            for line in read_record_text(&path).unwrap_or_default().lines() {
                if let Some((digest, relative)) = line.split_once(' ')
                    && let Ok(digest) = digest.parse()
                {
                    known.entry(relative.to_owned()).or_default().push(digest);
                }
            }
        } else if name.starts_with(prefix) {
            let _ = std::fs::remove_file(path);
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::{Lock, LockScope, OutputDir, WORK_FOLDER};

    /// The folder was removed then: `写不进 output/.zicha/lock`.
    #[test]
    fn a_run_may_end_while_another_is_about_to_open_its_lock() {
        let shard = |index| LockScope::Shard { index, count: 2 };
        for [ending, beginning] in [[LockScope::Whole; 2], [shard(0), shard(1)], [shard(0), LockScope::Whole]] {
            let folder = tempfile::tempdir().unwrap();
            let ended = OutputDir::open(folder.path(), ending, false).unwrap();
            // The first step of `OutputDir::open`.
            let work_folder = folder.path().join(WORK_FOLDER);
            std::fs::create_dir_all(&work_folder).unwrap();
            ended.finish("run.json", b"{}").unwrap();
            Lock::acquire(&work_folder, beginning).unwrap();
        }
    }
}
