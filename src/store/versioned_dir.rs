//! A folder of ledgers that people change through the program. Nothing is lost: contents that are replaced or removed
//! are kept in a history beside the folder, the last twenty of each file, and can be restored.
//!
//! ```text
//! .zicha-history/<the folder's name>/
//!     journal.jsonl    a line for each change
//!     kept/            the contents that a change replaced or removed, named by the change's number
//!     incoming/        files being received, under temporary names
//! ```
//!
//! A change has three steps, in this order: the current contents are copied to `kept/` and synced, the line is appended
//! to the journal and synced, the file is renamed into place or removed. A run that dies between two steps leaves the
//! folder as before, or a line whose file does not have the recorded hash; such a change cannot be undone, and nothing
//! is lost.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::containment::inside_without_links;
use super::file_names::{MAX_DEPTH, free_name};
use super::files::list_folder;
use super::incoming::IncomingFile;
use super::journal::{Change, ChangeKind, history_of};
use super::json_lines::{JsonLinesError, append_json_line, load_json_lines};
use super::{Digest, Lock, LockScope, StoreError, sha256};

/// The journal's name in the history.
const JOURNAL: &str = "journal.jsonl";
/// How many of a file's earlier contents are kept.
const KEPT: usize = 20;

/// Why a file was not put, removed or restored.
#[derive(Debug, thiserror::Error)]
pub enum VersionedDirError {
    /// The system refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file is not the one that the caller saw.
    #[error("“{0}”刚刚被别人换过或移走了，请刷新后再试")]
    Changed(String),
    /// The name leads out of the folder, is too deep, or is that of something other than a file.
    #[error("“{0}”不能作文件名")]
    Name(String),
    /// There is no such change, or the file changed again since.
    #[error("这一步不能撤销：之后又改过，或者记录已不在")]
    NoUndo,
    /// The journal is damaged.
    #[error("{} 第{line}行不是改动记录，请先移开这个文件", file.display())]
    Journal {
        /// The journal.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
    },
}

/// A change with whether it can still be undone.
#[derive(Clone, Debug)]
pub struct RecentChange {
    /// The change.
    pub change: Change,
    /// Whether it is the last change of its file.
    pub is_last_of_file: bool,
}

/// A folder with its history, held by one program at a time.
#[derive(Debug)]
pub struct VersionedDir {
    root: PathBuf,
    history: PathBuf,
    /// The journal's lines. The guard also serializes all changes of the folder.
    changes: Mutex<Vec<Change>>,
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
        let incoming = history.join("incoming");
        for folder in [&history.join("kept"), &incoming] {
            std::fs::create_dir_all(folder).map_err(|source| StoreError::new(folder, source))?;
        }
        let lock = Lock::acquire(&history, LockScope::Whole).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => {
                let message = "另一个 zicha serve 正在用这个台账文件夹";
                StoreError::new(root, io::Error::new(io::ErrorKind::WouldBlock, message))
            }
            _ => StoreError::new(&history, error),
        })?;
        // What a killed program was receiving.
        for file in list_folder(&incoming) {
            let _ = std::fs::remove_file(file);
        }
        let journal = history.join(JOURNAL);
        let changes = load_json_lines(&journal).map_err(|error| match error {
            JsonLinesError::Store(error) => VersionedDirError::Store(error),
            JsonLinesError::Malformed(line) => VersionedDirError::Journal { file: journal, line },
        })?;
        Ok(Self { root: canonical, history, changes: Mutex::new(changes.records), _lock: lock })
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
    pub fn put(
        &self,
        received: IncomingFile,
        name: &str,
        seen: Option<&Digest>,
        at: &str,
    ) -> Result<Option<Change>, VersionedDirError> {
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
        let change = self.record(&mut changes, kind, name, hash, at)?;
        self.move_into_place(received, &path)?;
        Ok(Some(change))
    }

    /// Puts a received file under the first free name like `name`; `None` when `name` has the same contents.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn put_beside(
        &self,
        received: IncomingFile,
        name: &str,
        at: &str,
    ) -> Result<Option<Change>, VersionedDirError> {
        let mut changes = self.locked_changes();
        let hash = hash_of(received.path())?;
        if hash_of(&self.path_of(name)?)? == hash {
            return Ok(None);
        }
        let name = free_name(name, &|name| self.root.join(name).symlink_metadata().is_ok());
        let path = self.path_of(&name)?;
        let change = self.record(&mut changes, ChangeKind::Added, &name, hash, at)?;
        self.move_into_place(received, &path)?;
        Ok(Some(change))
    }

    /// Removes a file; its contents stay in the history. With `seen`, only contents with that hash are removed.
    ///
    /// # Errors
    /// When there is no such file, its contents are not those seen, or the system refuses.
    pub fn remove(&self, name: &str, seen: Option<&Digest>, at: &str) -> Result<Change, VersionedDirError> {
        let mut changes = self.locked_changes();
        let path = self.path_of(name)?;
        let current = hash_of(&path)?;
        if current.is_none() || seen.is_some_and(|seen| current.as_ref() != Some(seen)) {
            return Err(VersionedDirError::Changed(name.to_owned()));
        }
        let change = self.record(&mut changes, ChangeKind::Removed, name, None, at)?;
        std::fs::remove_file(&path).map_err(|source| StoreError::new(&path, source))?;
        Ok(change)
    }

    /// Undoes the last change of a file. That is recorded as a change itself, and can be undone.
    ///
    /// # Errors
    /// When it is not the last change of its file, the file was changed otherwise since, or the system refuses.
    pub fn undo(&self, number: u64, at: &str) -> Result<Change, VersionedDirError> {
        let mut changes = self.locked_changes();
        let change = changes.iter().find(|change| change.number == number).cloned().ok_or(VersionedDirError::NoUndo)?;
        let path = self.path_of(&change.name)?;
        if !is_last_of_file(&changes, &change) || hash_of(&path)? != change.hash {
            return Err(VersionedDirError::NoUndo);
        }
        let kind = match change.kind {
            ChangeKind::Added => {
                let undone = self.record(&mut changes, ChangeKind::Removed, &change.name, None, at)?;
                std::fs::remove_file(&path).map_err(|source| StoreError::new(&path, source))?;
                return Ok(undone);
            }
            ChangeKind::Replaced => ChangeKind::Replaced,
            ChangeKind::Removed => ChangeKind::Added,
        };
        let kept = self.kept(number);
        let mut restored = self.receive()?;
        let copied = File::open(&kept).and_then(|mut file| io::copy(&mut file, restored.as_file_mut()));
        copied.map_err(|source| StoreError::new(&kept, source))?;
        let undone = self.record(&mut changes, kind, &change.name, hash_of(&kept)?, at)?;
        self.move_into_place(restored, &path)?;
        Ok(undone)
    }

    /// The last changes, at most `limit`, the newest first.
    pub fn recent_changes(&self, limit: usize) -> Vec<RecentChange> {
        let changes = self.locked_changes();
        let recent = changes.iter().rev().take(limit);
        recent
            .map(|change| RecentChange { is_last_of_file: is_last_of_file(&changes, change), change: change.clone() })
            .collect()
    }

    fn locked_changes(&self) -> MutexGuard<'_, Vec<Change>> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The path of the file of that name.
    fn path_of(&self, name: &str) -> Result<PathBuf, VersionedDirError> {
        let path = inside_without_links(&self.root, name).filter(|_| name.split('/').count() <= MAX_DEPTH);
        path.ok_or_else(|| VersionedDirError::Name(name.to_owned()))
    }

    /// The contents that the change of that number replaced or removed.
    fn kept(&self, number: u64) -> PathBuf {
        self.history.join("kept").join(number.to_string())
    }

    /// Keeps the current contents of the file, unless it is added, and appends the change to the journal. Removes the
    /// file's contents beyond the last [`KEPT`].
    fn record(
        &self,
        changes: &mut Vec<Change>,
        kind: ChangeKind,
        name: &str,
        hash: Option<Digest>,
        at: &str,
    ) -> Result<Change, VersionedDirError> {
        let number = changes.last().map_or(0, |change| change.number) + 1;
        if kind != ChangeKind::Added {
            let kept = self.kept(number);
            self.keep(&self.path_of(name)?, &kept).map_err(|source| StoreError::new(&kept, source))?;
        }
        let change = Change { number, kind, name: name.to_owned(), hash, at: at.to_owned() };
        let journal = self.history.join(JOURNAL);
        append_json_line(&journal, &change).map_err(|source| StoreError::new(&journal, source))?;
        changes.push(change.clone());
        let earlier = changes.iter().rev().filter(|change| change.name == name && change.kind != ChangeKind::Added);
        for change in earlier.skip(KEPT) {
            // One that cannot be removed now is tried again with the file's next change.
            let _ = std::fs::remove_file(self.kept(change.number));
        }
        Ok(change)
    }

    /// Copies the file at `path` to `kept`, whole and synced.
    fn keep(&self, path: &Path, kept: &Path) -> io::Result<()> {
        let mut copy = self.receive().map_err(|error| error.source)?;
        io::copy(&mut File::open(path)?, copy.as_file_mut())?;
        copy.persist(kept)
    }

    /// Renames a received file to its place.
    fn move_into_place(&self, received: IncomingFile, path: &Path) -> Result<(), StoreError> {
        let folder = path.parent().unwrap_or(&self.root);
        let renamed = std::fs::create_dir_all(folder).and_then(|()| received.persist(path));
        renamed.map_err(|source| StoreError::new(path, source))
    }
}

/// Whether no later change is of the same file.
fn is_last_of_file(changes: &[Change], change: &Change) -> bool {
    !changes.iter().any(|other| other.number > change.number && other.name == change.name)
}

/// The hash of a file's contents; `None` when it does not exist.
fn hash_of(path: &Path) -> Result<Option<Digest>, StoreError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(sha256(&bytes))),
        Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(StoreError::new(path, source)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::path::Path;

    use super::{ChangeKind, VersionedDir, VersionedDirError};

    fn put(dir: &VersionedDir, name: &str, bytes: &[u8]) -> Option<u64> {
        let mut file = dir.receive().unwrap();
        file.write_all(bytes).unwrap();
        dir.put(file, name, None, "now").unwrap().map(|change| change.number)
    }

    fn read(root: &Path, name: &str) -> Option<String> {
        std::fs::read_to_string(root.join(name)).ok()
    }

    #[test]
    fn replaced_and_removed_contents_are_restored() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("input");
        let dir = VersionedDir::open(&root).unwrap();
        assert!(VersionedDir::open(&root).is_err(), "one program at a time");
        assert_eq!(put(&dir, "甲/a.csv", b"1"), Some(1));
        assert_eq!(put(&dir, "甲/a.csv", b"1"), None);
        assert_eq!(put(&dir, "甲/a.csv", b"2"), Some(2));
        assert!(matches!(dir.undo(1, "now"), Err(VersionedDirError::NoUndo)));
        assert_eq!(dir.undo(2, "now").unwrap().kind, ChangeKind::Replaced);
        assert_eq!(read(&root, "甲/a.csv").as_deref(), Some("1"));
        dir.undo(3, "now").unwrap();
        assert_eq!(read(&root, "甲/a.csv").as_deref(), Some("2"));
        dir.remove("甲/a.csv", None, "now").unwrap();
        assert_eq!(read(&root, "甲/a.csv"), None);
        drop(dir);
        // A program that died while it appended a line and received a file.
        let own = folder.path().join(".zicha-history/input");
        let journal = std::fs::read_to_string(own.join("journal.jsonl")).unwrap();
        std::fs::write(own.join("journal.jsonl"), format!("{journal}{{\"number\":")).unwrap();
        std::fs::write(own.join("incoming/in-x"), "half").unwrap();
        let dir = VersionedDir::open(&root).unwrap();
        assert!(!own.join("incoming/in-x").exists());
        dir.undo(5, "now").unwrap();
        assert_eq!(read(&root, "甲/a.csv").as_deref(), Some("2"));
        std::fs::write(root.join("甲/a.csv"), "人").unwrap();
        assert!(matches!(dir.undo(6, "now"), Err(VersionedDirError::NoUndo)));
        let seen = crate::store::sha256(b"2");
        assert!(matches!(dir.remove("甲/a.csv", Some(&seen), "now"), Err(VersionedDirError::Changed(_))));
    }

    #[test]
    fn the_last_twenty_contents_of_each_file_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let dir = VersionedDir::open(&folder.path().join("input")).unwrap();
        put(&dir, "b.csv", b"1");
        put(&dir, "b.csv", b"2");
        for content in 0..30 {
            put(&dir, "a.csv", content.to_string().as_bytes());
        }
        let kept = |number: u64| folder.path().join(format!(".zicha-history/input/kept/{number}")).exists();
        // Change 3 added the file, 4 to 32 each replaced its contents.
        assert!(kept(2) && (4..=12).all(|number| !kept(number)) && (13..=32).all(kept));
        assert_eq!(dir.undo(32, "now").unwrap().kind, ChangeKind::Replaced);
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let dir = VersionedDir::open(&folder.path().join("input")).unwrap();
        for name in ["../a.csv", "a/../../b.csv", "/a.csv", "C:a.csv", "a\\b.csv", "", "a//b.csv", "1/2/3/4/5.csv"] {
            assert!(matches!(dir.remove(name, None, "now"), Err(VersionedDirError::Name(_))), "{name}");
        }
    }
}
