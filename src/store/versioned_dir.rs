//! A folder that people put files into and take files out of by way of the program. Nothing is lost: what is replaced
//! or removed is kept in a history beside the folder, of each file the last twenty, and can be brought back.
//!
//! ```text
//! .zicha-history/<the folder's name>/
//!     journal.jsonl    a line a change
//!     kept/            what was replaced or removed, called by the change's number
//!     incoming/        what is being received, under names of the program's own
//! ```
//!
//! What stood there is kept first, then the line is written, then the new file takes its place in one step: whatever
//! a run dies of, no file is lost or half there.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::NamedTempFile;

use super::containment::inside_without_links;
use super::file_names::{DEEPEST, free_name};
use super::journal::{Change, ChangeKind, history_of, load};
use super::{Digest, Lock, LockScope, StoreError, sha256, temporary};

/// A file that is being received; it is gone unless it is put.
pub type Incoming = NamedTempFile;

/// How many of a file's earlier contents are kept.
const KEPT: usize = 20;

/// Why a file was not put, taken away or brought back.
#[derive(Debug, thiserror::Error)]
pub enum VersionedDirError {
    /// The system refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is not what the caller saw any more.
    #[error("“{0}”刚刚被别人换过或移走了，请刷新后再试")]
    Changed(String),
    /// Its name cannot be one.
    #[error("“{0}”不能作文件名")]
    Name(String),
    /// There is no such change, or a later one of the same file.
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

/// A folder with its history, held by one program at a time.
#[derive(Debug)]
pub struct VersionedDir {
    root: PathBuf,
    own: PathBuf,
    changes: Mutex<Vec<Change>>,
    /// Given back by the system when the program ends.
    _lock: Lock,
}

impl VersionedDir {
    /// Takes hold of a folder and of its history.
    ///
    /// # Errors
    /// When another program holds it, its journal is damaged, or nothing can be written there.
    pub fn open(root: &Path) -> Result<Self, VersionedDirError> {
        let error = |path: &Path| {
            let path = path.to_owned();
            move |source| StoreError { path, source }
        };
        std::fs::create_dir_all(root).map_err(error(root))?;
        let whole = root.canonicalize().map_err(error(root))?;
        let own = history_of(&whole);
        let incoming = own.join("incoming");
        for folder in [&own.join("kept"), &incoming] {
            std::fs::create_dir_all(folder).map_err(error(folder))?;
        }
        let lock = Lock::take(&own, LockScope::Whole).map_err(|error| match error.source.kind() {
            io::ErrorKind::WouldBlock => {
                let message = "另一个 zicha serve 正在用这个台账文件夹";
                StoreError::new(root, io::Error::new(io::ErrorKind::WouldBlock, message))
            }
            _ => error,
        })?;
        // What a program that died was receiving.
        super::files_of(&incoming).into_iter().for_each(|file| drop(std::fs::remove_file(file)));
        let changes = Mutex::new(load(&own.join("journal.jsonl"))?);
        Ok(Self { root: whole, own, changes, _lock: lock })
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A file to receive into, under a name of the program's own; it is gone unless it is put.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn receive(&self) -> Result<Incoming, StoreError> {
        let incoming = self.own.join("incoming");
        temporary(&incoming, "in-").map_err(|source| StoreError::new(&incoming, source))
    }

    /// Puts what was received under a name. What stands there is kept in the history; the same bytes change nothing,
    /// and `None` is given back. With `seen`, only what has that hash is replaced.
    ///
    /// # Errors
    /// When the system refuses, or something else stands there than was seen.
    pub fn put(
        &self,
        from: Incoming,
        name: &str,
        seen: Option<&Digest>,
        at: &str,
    ) -> Result<Option<Change>, VersionedDirError> {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let place = self.place(name)?;
        let there = digest_of(&place)?;
        if seen.is_some_and(|seen| there.as_ref() != Some(seen)) {
            return Err(VersionedDirError::Changed(name.to_owned()));
        }
        let put = digest_of(from.path())?;
        if there == put {
            return Ok(None);
        }
        let deed = if there.is_some() { ChangeKind::Replaced } else { ChangeKind::Added };
        let change = self.note(&mut changes, deed, name, put, at)?;
        self.settle(from, &place)?;
        Ok(Some(change))
    }

    /// Puts what was received beside what stands there, under a name like this one that is free. The same bytes under
    /// this name change nothing.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn put_beside(&self, from: Incoming, name: &str, at: &str) -> Result<Option<Change>, VersionedDirError> {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let put = digest_of(from.path())?;
        if digest_of(&self.place(name)?)? == put {
            return Ok(None);
        }
        let name = free_name(name, &|name| self.root.join(name).symlink_metadata().is_ok());
        let place = self.place(&name)?;
        let change = self.note(&mut changes, ChangeKind::Added, &name, put, at)?;
        self.settle(from, &place)?;
        Ok(Some(change))
    }

    /// Takes a file away, into the history. With `seen`, only what has that hash.
    ///
    /// # Errors
    /// When there is none, something else stands there than was seen, or the system refuses.
    pub fn remove(&self, name: &str, seen: Option<&Digest>, at: &str) -> Result<Change, VersionedDirError> {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let place = self.place(name)?;
        let there = digest_of(&place)?;
        if there.is_none() || seen.is_some_and(|seen| there.as_ref() != Some(seen)) {
            return Err(VersionedDirError::Changed(name.to_owned()));
        }
        let change = self.note(&mut changes, ChangeKind::Removed, name, None, at)?;
        std::fs::remove_file(&place).map_err(|source| StoreError::new(&place, source))?;
        Ok(change)
    }

    /// Undoes the last change of a file; that is a change as well, and can be undone.
    ///
    /// # Errors
    /// When it is not the last, the file was changed otherwise since, or the system refuses.
    pub fn undo(&self, number: u64, at: &str) -> Result<Change, VersionedDirError> {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let change = changes.iter().find(|change| change.number == number).cloned().ok_or(VersionedDirError::NoUndo)?;
        let later = changes.iter().any(|other| other.number > number && other.name == change.name);
        let place = self.place(&change.name)?;
        if later || digest_of(&place)? != change.put {
            return Err(VersionedDirError::NoUndo);
        }
        if change.deed == ChangeKind::Added {
            let undone = self.note(&mut changes, ChangeKind::Removed, &change.name, None, at)?;
            std::fs::remove_file(&place).map_err(|source| StoreError::new(&place, source))?;
            return Ok(undone);
        }
        let kept = self.kept(number);
        let mut back = self.receive()?;
        let copied = File::open(&kept).and_then(|mut file| io::copy(&mut file, back.as_file_mut()));
        copied.map_err(|source| StoreError::new(&kept, source))?;
        let deed = if change.deed == ChangeKind::Removed { ChangeKind::Added } else { ChangeKind::Replaced };
        let undone = self.note(&mut changes, deed, &change.name, digest_of(&kept)?, at)?;
        self.settle(back, &place)?;
        Ok(undone)
    }

    /// The last changes, the newest first, each with whether it can be undone as far as the journal knows.
    pub fn changes(&self, most: usize) -> Vec<(Change, bool)> {
        let changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let last = |change: &Change| !changes.iter().any(|o| o.number > change.number && o.name == change.name);
        changes.iter().rev().take(most).map(|change| (change.clone(), last(change))).collect()
    }

    /// Where a file of that name stands; refused when it leads out of the folder, itself or by a link.
    fn place(&self, name: &str) -> Result<PathBuf, VersionedDirError> {
        let path = inside_without_links(&self.root, name).filter(|_| name.split('/').count() <= DEEPEST);
        path.ok_or_else(|| VersionedDirError::Name(name.to_owned()))
    }

    fn kept(&self, number: u64) -> PathBuf {
        self.own.join("kept").join(number.to_string())
    }

    /// Keeps what stands there and enters the change.
    fn note(
        &self,
        changes: &mut Vec<Change>,
        deed: ChangeKind,
        name: &str,
        put: Option<Digest>,
        at: &str,
    ) -> Result<Change, VersionedDirError> {
        let number = changes.last().map_or(0, |change| change.number) + 1;
        let change = Change { number, deed, name: name.to_owned(), put, at: at.to_owned() };
        if deed != ChangeKind::Added {
            let (place, kept) = (self.place(name)?, self.kept(number));
            let keep = || {
                let mut copy = self.receive().map_err(|error| error.source)?;
                io::copy(&mut File::open(&place)?, copy.as_file_mut())?;
                copy.as_file().sync_all()?;
                copy.persist(&kept).map_err(|error| error.error)
            };
            keep().map_err(|source| StoreError::new(&kept, source))?;
        }
        let journal = self.own.join("journal.jsonl");
        let enter = || {
            let mut file = OpenOptions::new().create(true).append(true).open(&journal)?;
            let before = file.metadata()?.len();
            let line = format!("{}\n", serde_json::to_string(&change)?);
            let entered = file.write_all(line.as_bytes()).and_then(|()| file.sync_all());
            // A line that did not come whole is taken back.
            entered.or_else(|error| file.set_len(before).and(Err(error)))
        };
        enter().map_err(|source| StoreError::new(&journal, source))?;
        changes.push(change.clone());
        let earlier = changes.iter().rev().filter(|change| change.name == name && change.deed != ChangeKind::Added);
        // One that stays for now goes with the next change.
        earlier.skip(KEPT).for_each(|change| drop(std::fs::remove_file(self.kept(change.number))));
        Ok(change)
    }

    /// Moves what was received to its place, in one step.
    fn settle(&self, from: Incoming, place: &Path) -> Result<(), StoreError> {
        let attempt = || {
            let folder = place.parent().unwrap_or(&self.root);
            std::fs::create_dir_all(folder)?;
            from.as_file().sync_all()?;
            match from.persist(place) {
                Ok(_) => Ok(()),
                Err(error) if error.error.kind() == io::ErrorKind::CrossesDevices => {
                    let mut copy = temporary(folder, ".zicha-")?;
                    io::copy(&mut File::open(error.file.path())?, copy.as_file_mut())?;
                    copy.as_file().sync_all()?;
                    copy.persist(place).map(drop).map_err(|error| error.error)
                }
                Err(error) => Err(error.error),
            }
        };
        attempt().map_err(|source| StoreError::new(place, source))
    }
}

/// The hash of what stands there, when anything does.
fn digest_of(path: &Path) -> Result<Option<Digest>, StoreError> {
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

    fn put(shelf: &VersionedDir, name: &str, bytes: &[u8]) -> Option<u64> {
        let mut file = shelf.receive().unwrap();
        file.write_all(bytes).unwrap();
        shelf.put(file, name, None, "now").unwrap().map(|change| change.number)
    }

    fn read(root: &Path, name: &str) -> Option<String> {
        std::fs::read_to_string(root.join(name)).ok()
    }

    #[test]
    fn what_is_replaced_or_removed_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("input");
        let shelf = VersionedDir::open(&root).unwrap();
        assert!(VersionedDir::open(&root).is_err(), "one program at a time");
        assert_eq!(put(&shelf, "甲/a.csv", b"1"), Some(1));
        assert_eq!(put(&shelf, "甲/a.csv", b"1"), None);
        assert_eq!(put(&shelf, "甲/a.csv", b"2"), Some(2));
        assert!(matches!(shelf.undo(1, "now"), Err(VersionedDirError::NoUndo)));
        assert_eq!(shelf.undo(2, "now").unwrap().deed, ChangeKind::Replaced);
        assert_eq!(read(&root, "甲/a.csv").as_deref(), Some("1"));
        shelf.undo(3, "now").unwrap();
        assert_eq!(read(&root, "甲/a.csv").as_deref(), Some("2"));
        shelf.remove("甲/a.csv", None, "now").unwrap();
        assert_eq!(read(&root, "甲/a.csv"), None);
        drop(shelf);
        // A program that died within a line, and while it received.
        let own = folder.path().join(".zicha-history/input");
        let journal = std::fs::read_to_string(own.join("journal.jsonl")).unwrap();
        std::fs::write(own.join("journal.jsonl"), format!("{journal}{{\"number\":")).unwrap();
        std::fs::write(own.join("incoming/in-x"), "half").unwrap();
        let shelf = VersionedDir::open(&root).unwrap();
        assert!(!own.join("incoming/in-x").exists());
        shelf.undo(5, "now").unwrap();
        assert_eq!(read(&root, "甲/a.csv").as_deref(), Some("2"));
        std::fs::write(root.join("甲/a.csv"), "人").unwrap();
        assert!(matches!(shelf.undo(6, "now"), Err(VersionedDirError::NoUndo)));
        let seen = crate::store::sha256(b"2");
        assert!(matches!(shelf.remove("甲/a.csv", Some(&seen), "now"), Err(VersionedDirError::Changed(_))));
    }

    #[test]
    fn of_each_file_the_last_twenty_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = VersionedDir::open(&folder.path().join("input")).unwrap();
        put(&shelf, "b.csv", b"1");
        put(&shelf, "b.csv", b"2");
        for content in 0..30 {
            put(&shelf, "a.csv", content.to_string().as_bytes());
        }
        let kept = |number: u64| folder.path().join(format!(".zicha-history/input/kept/{number}")).exists();
        // Number 3 came, 4 to 32 each took another's place.
        assert!(kept(2) && (4..=12).all(|number| !kept(number)) && (13..=32).all(kept));
        assert_eq!(shelf.undo(32, "now").unwrap().deed, ChangeKind::Replaced);
    }

    #[test]
    fn no_name_leads_out() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = VersionedDir::open(&folder.path().join("input")).unwrap();
        for name in ["../a.csv", "a/../../b.csv", "/a.csv", "C:a.csv", "a\\b.csv", "", "a//b.csv", "1/2/3/4/5.csv"] {
            assert!(matches!(shelf.remove(name, None, "now"), Err(VersionedDirError::Name(_))), "{name}");
        }
    }
}
