//! A folder of ledgers, or of settings, that people change through the program. Nothing is lost: contents that are
//! replaced or removed are kept in a history beside the folder, the last twenty of each file, and can be restored.
//!
//! ```text
//! .zicha-history/<the folder's name>/
//!     journal.jsonl    a line for each change
//!     kept/            the contents that a change replaced or removed, named by the change's number
//!     incoming/        files being received, under temporary names; the file of a change that is being made, by number
//! ```
//!
//! A change has four steps:
//!
//! 1. `incoming/<number>` is created: the new contents; for a removal, an empty file;
//! 2. the current contents are copied to `kept/<number>`;
//! 3. the line is appended to the journal;
//! 4. `incoming/<number>` is renamed into place, or the file is removed and then `incoming/<number>`.
//!
//! Contents and lines are synced before the next step. A change whose steps do not all succeed is taken back at once,
//! and one in which the program died is taken back by [`VersionedDir::open`], which knows it by its file in
//! `incoming/`: a line in the journal stands for a change that was made.
//!
//! Numbers go on behind the greatest in the journal and in `kept/`: when a damaged journal was moved away, nothing that
//! is kept is overwritten.

mod undo;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::containment::inside_without_links;
use super::file_names::{MAX_DEPTH, free_name};
use super::files::{list_folder, move_file, open_regular, read_plain};
use super::incoming::IncomingFile;
use super::journal::{ChangeKind, ChangeOrigin, FolderChange, history_of};
use super::json_lines::{JsonLinesError, append_json_line, load_json_lines, remove_last_json_line};
use super::own_folder::{create_history, create_own_folder};
use super::{Digest, Lock, LockScope, StoreError, sha256};

/// The journal's name in the history.
const JOURNAL: &str = "journal.jsonl";
/// The highest number of a change: what a file or a line with a higher one says is not of this program, and the number
/// after it would not be the next.
const MAX_NUMBER: u64 = u32::MAX as u64;
/// What the names of the program's own folders begin with.
const OWN_PREFIX: &str = ".zicha";
/// How many of a file's earlier contents are kept.
const KEPT: usize = 20;

pub use undo::{EarlierContents, RecentChange, UndoneUpload};

/// Why a file was not put, removed or restored.
#[derive(Debug, thiserror::Error)]
pub enum VersionedDirError {
    /// A file of the folder cannot be read, written or synced.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another program holds the folder.
    #[error("写不进 {}：另一个 zicha serve 正在用这个文件夹", .0.display())]
    InUse(PathBuf),
    /// The file is not the one that the caller saw.
    #[error("“{0}”刚刚被别人换过或移走了，请刷新后再试")]
    Changed(String),
    /// The name leads out of the folder, is too deep, or is that of something other than a file.
    #[error("“{0}”不能作文件名")]
    Name(String),
    /// There is no such change, or the file changed again since.
    #[error("这一步不能撤销：之后又改过，或者记录已不在")]
    NoUndo,
    /// A line of the journal is no change. Nothing is changed until the file is moved away.
    #[error("{} 第{line}行不是改动记录，请先移开这个文件；以前的改动就不能再撤销，以前的内容还在它旁边的 kept 文件夹里", file.display())]
    Journal {
        /// The journal.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
    },
}

/// A folder with its history, held by one program at a time.
#[derive(Debug)]
pub struct VersionedDir {
    root: PathBuf,
    history: PathBuf,
    /// The journal's lines. The guard also serializes all changes of the folder.
    changes: Mutex<Vec<FolderChange>>,
    /// Released by the system when the program ends.
    _lock: Lock,
}

impl VersionedDir {
    /// Locks a folder and loads its history; creates both when they do not exist.
    ///
    /// # Errors
    /// When another program holds it, its journal is damaged, or nothing can be written there.
    pub fn open(root: &Path) -> Result<Self, VersionedDirError> {
        std::fs::create_dir_all(root).map_err(|source| StoreError::new(root, source))?;
        let canonical = root.canonicalize().map_err(|source| StoreError::new(root, source))?;
        let history = history_of(&canonical);
        let error = |source| StoreError::new(root, source);
        create_history(&history).map_err(error)?;
        for own in ["kept", "incoming"] {
            create_own_folder(&history, &[own]).map_err(error)?;
        }
        let lock = Lock::acquire(&history, LockScope::Whole).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => VersionedDirError::InUse(root.to_owned()),
            _ => StoreError::new(&history, error).into(),
        })?;
        let journal = history.join(JOURNAL);
        let changes: Vec<FolderChange> = load_json_lines(&journal)
            .map_err(|error| match error {
                JsonLinesError::Store(error) => VersionedDirError::Store(error),
                JsonLinesError::Malformed(line) => VersionedDirError::Journal { file: journal, line },
            })?
            .records;
        if let Some(at) = changes.iter().position(|change| change.number > MAX_NUMBER) {
            return Err(VersionedDirError::Journal { file: history.join(JOURNAL), line: at + 1 });
        }
        let mut dir = Self { root: canonical, history, changes: Mutex::new(Vec::new()), _lock: lock };
        dir.changes = Mutex::new(dir.without_incomplete(changes)?);
        Ok(dir)
    }

    /// Takes back the change of a folder in which a program died, and removes what it was receiving. A folder without a
    /// history stays without one; what cannot be done now is done with the folder's next change.
    pub fn recover(root: &Path) {
        if root.canonicalize().is_ok_and(|canonical| history_of(&canonical).join("incoming").is_dir()) {
            drop(Self::open(root));
        }
    }

    /// Takes back the change in which a program died, and removes what it was receiving.
    fn without_incomplete(&self, mut changes: Vec<FolderChange>) -> Result<Vec<FolderChange>, VersionedDirError> {
        let last = changes.last().map_or(0, |change| change.number);
        let incoming = self.history.join("incoming");
        // Died between steps 1 and 3. Without a journal the kept contents may be those of one that was moved away.
        if last > 0 && self.incoming(last + 1).exists() {
            self.discard(last + 1);
        }
        if let Some(change) = changes.last().cloned().filter(|change| self.incoming(change.number).exists()) {
            // Died between steps 3 and 4, or within step 4 when the file is already as recorded.
            let path = self.path_of(&change.name);
            if path.and_then(|path| Ok(hash_of(&path)?)).ok() != Some(change.hash) {
                self.take_back(&mut changes, change.number)?;
            }
        }
        for file in list_folder(&incoming) {
            let _ = std::fs::remove_file(file);
        }
        Ok(changes)
    }

    /// The folder, its links resolved.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A new file to receive into.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn receive(&self) -> Result<IncomingFile, StoreError> {
        let incoming = self.history.join("incoming");
        IncomingFile::create(&incoming).map_err(|source| StoreError::new(&incoming, source))
    }

    /// Puts a received file under a name, replacing what is there; `None` when that has the same contents. With
    /// `seen`, only contents with that hash are replaced.
    ///
    /// # Errors
    /// When the system refuses, or the current contents are not those seen.
    pub fn put<'a>(
        &self,
        received: IncomingFile,
        name: &str,
        seen: Option<&Digest>,
        origin: impl Into<ChangeOrigin<'a>>,
    ) -> Result<Option<FolderChange>, VersionedDirError> {
        let mut changes = self.locked_changes();
        let path = self.path_of(name)?;
        let current = hash_of(&path)?;
        if seen.is_some_and(|seen| current.as_ref() != Some(seen)) {
            return Err(VersionedDirError::Changed(name.to_owned()));
        }
        let hash = hash_of(received.path())?;
        if current == hash {
            return Ok(None);
        }
        let kind = if current.is_some() { ChangeKind::Replaced } else { ChangeKind::Added };
        let change = self.new_change(&changes, kind, name, hash, origin.into());
        self.make(&mut changes, change, Some(received)).map(Some)
    }

    /// Puts a received file under the first free name like `name`; `None` when `name` has the same contents.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn put_beside<'a>(
        &self,
        received: IncomingFile,
        name: &str,
        origin: impl Into<ChangeOrigin<'a>>,
    ) -> Result<Option<FolderChange>, VersionedDirError> {
        let mut changes = self.locked_changes();
        let hash = hash_of(received.path())?;
        if hash_of(&self.path_of(name)?)? == hash {
            return Ok(None);
        }
        let name = free_name(name, &|name| self.root.join(name).symlink_metadata().is_ok());
        let change = self.new_change(&changes, ChangeKind::Added, &name, hash, origin.into());
        self.make(&mut changes, change, Some(received)).map(Some)
    }

    /// Removes a file; its contents stay in the history. With `seen`, only contents with that hash are removed.
    ///
    /// # Errors
    /// When there is no such file, its contents are not those seen, or the system refuses.
    pub fn remove<'a>(
        &self,
        name: &str,
        seen: Option<&Digest>,
        origin: impl Into<ChangeOrigin<'a>>,
    ) -> Result<FolderChange, VersionedDirError> {
        let mut changes = self.locked_changes();
        let path = self.path_of(name)?;
        let current = hash_of(&path)?;
        if current.is_none() || seen.is_some_and(|seen| current.as_ref() != Some(seen)) {
            return Err(VersionedDirError::Changed(name.to_owned()));
        }
        let change = self.new_change(&changes, ChangeKind::Removed, name, None, origin.into());
        self.make(&mut changes, change, None)
    }

    fn locked_changes(&self) -> MutexGuard<'_, Vec<FolderChange>> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The path of the file of that name.
    fn path_of(&self, name: &str) -> Result<PathBuf, VersionedDirError> {
        let is_own = |part: &str| part.starts_with(OWN_PREFIX);
        let is_usable = name.split('/').count() <= MAX_DEPTH && !name.split('/').any(is_own);
        let path = inside_without_links(&self.root, name).filter(|_| is_usable);
        path.ok_or_else(|| VersionedDirError::Name(name.to_owned()))
    }

    /// The contents that the change of that number replaced or removed.
    fn kept(&self, number: u64) -> PathBuf {
        self.history.join("kept").join(number.to_string())
    }

    /// The file of the change of that number while it is being made.
    fn incoming(&self, number: u64) -> PathBuf {
        self.history.join("incoming").join(number.to_string())
    }

    /// A change with the next number.
    fn new_change(
        &self,
        changes: &[FolderChange],
        kind: ChangeKind,
        name: &str,
        hash: Option<Digest>,
        origin: ChangeOrigin<'_>,
    ) -> FolderChange {
        let last = changes.last().map_or(0, |change| change.number);
        let last_kept = numbers_in(&self.history.join("kept")).max().unwrap_or_default();
        let (number, ChangeOrigin { at, by, upload }) = (last.max(last_kept) + 1, origin);
        FolderChange { number, kind, name: name.to_owned(), hash, at: at.to_owned(), by: by.to_owned(), upload }
    }

    /// Makes a change: the file gets the `contents`, or is removed when there are none. Removes the file's kept
    /// contents beyond the last [`KEPT`].
    ///
    /// # Errors
    /// When the system refuses; the change is taken back then.
    fn make(
        &self,
        changes: &mut Vec<FolderChange>,
        change: FolderChange,
        contents: Option<IncomingFile>,
    ) -> Result<FolderChange, VersionedDirError> {
        let path = self.path_of(&change.name)?;
        let journal = self.history.join(JOURNAL);
        let made = self.prepare(&change, contents, &path).and_then(|()| {
            append_json_line(&journal, &change).map_err(|source| StoreError::new(&journal, source))?;
            changes.push(change.clone());
            self.complete(&change, &path).map_err(|source| StoreError::new(&path, source))
        });
        if let Err(error) = made {
            // What cannot be taken back now is taken back with the next start.
            let _ = self.take_back(changes, change.number);
            return Err(error.into());
        }
        let is_earlier = |other: &&FolderChange| other.name == change.name && other.kind != ChangeKind::Added;
        for earlier in changes.iter().rev().filter(is_earlier).skip(KEPT) {
            // One that cannot be removed now is tried again with the file's next change.
            let _ = std::fs::remove_file(self.kept(earlier.number));
        }
        Ok(change)
    }

    /// Steps 1 and 2: the new contents, and the current ones of the file at `path` unless it is added.
    fn prepare(&self, change: &FolderChange, contents: Option<IncomingFile>, path: &Path) -> Result<(), StoreError> {
        let incoming = self.incoming(change.number);
        let created = match contents {
            Some(contents) => contents.persist(&incoming),
            None => File::create(&incoming).map(drop),
        };
        created.map_err(|source| StoreError::new(path, source))?;
        if change.kind == ChangeKind::Added {
            return Ok(());
        }
        let mut copy = self.receive()?;
        let copied = open_regular(path).and_then(|mut file| io::copy(&mut file, copy.as_file_mut()));
        copied.and_then(|_| copy.persist(&self.kept(change.number))).map_err(|source| StoreError::new(path, source))
    }

    /// Step 4 of a change: puts the new contents in place, or removes the file.
    fn complete(&self, change: &FolderChange, path: &Path) -> io::Result<()> {
        let incoming = self.incoming(change.number);
        if change.hash.is_some() {
            path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            return move_file(&incoming, path);
        }
        std::fs::remove_file(path)?;
        // One that stays is removed with the next start.
        let _ = std::fs::remove_file(incoming);
        Ok(())
    }

    /// Removes what a change left whose last step was not done; its line, too, when it is the last one.
    ///
    /// # Errors
    /// When the line cannot be removed; all else then stays for the next start.
    fn take_back(&self, changes: &mut Vec<FolderChange>, number: u64) -> Result<(), StoreError> {
        if changes.last().is_some_and(|change| change.number == number) {
            let journal = self.history.join(JOURNAL);
            remove_last_json_line(&journal).map_err(|source| StoreError::new(&journal, source))?;
            changes.pop();
        }
        self.discard(number);
        Ok(())
    }

    /// Removes the files of a change without a line, as far as there are any.
    fn discard(&self, number: u64) {
        let _ = std::fs::remove_file(self.kept(number));
        let _ = std::fs::remove_file(self.incoming(number));
    }
}

/// The numbers by which files in a folder are named.
fn numbers_in(folder: &Path) -> impl Iterator<Item = u64> {
    let numbers = list_folder(folder).into_iter().filter_map(|path| path.file_name()?.to_str()?.parse().ok());
    numbers.filter(|number| *number <= MAX_NUMBER)
}

/// The hash of a file's contents; `None` when it does not exist.
fn hash_of(path: &Path) -> Result<Option<Digest>, StoreError> {
    match read_plain(path) {
        Ok(bytes) => Ok(Some(sha256(&bytes))),
        Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(StoreError::new(path, source)),
    }
}

#[cfg(test)]
mod tests;
