//! The changes of a folder, undoing them, and the contents that they replaced.

use std::io;

use super::super::files::{open_regular, read_plain};
use super::super::{ChangeKind, ChangeOrigin, FolderChange, StoreError};
use super::{VersionedDir, VersionedDirError, hash_of};

/// A change with whether it can still be undone.
#[derive(Clone, Debug)]
pub struct RecentChange {
    /// The change as the journal has it.
    pub change: FolderChange,
    /// Whether it is the last change of its file: no other can be undone.
    pub is_last_of_file: bool,
}

/// The outcome of undoing an upload.
#[derive(Debug, Default)]
pub struct UndoneUpload {
    /// The changes that were undone, each as the change that undid it.
    pub undone: Vec<FolderChange>,
    /// The names of the files that stay as they are, each with the reason.
    pub refused: Vec<(String, VersionedDirError)>,
}

/// Contents that a change replaced or removed.
#[derive(Clone, Debug)]
pub struct EarlierContents {
    /// The change that replaced or removed them, as the journal has it.
    pub change: FolderChange,
    /// The contents before it.
    pub bytes: Vec<u8>,
}

impl VersionedDir {
    /// Undoes the last change of a file. That is recorded as a change itself, and can be undone.
    ///
    /// # Errors
    /// When it is not the last change of its file, the file was changed otherwise since, or the system refuses.
    pub fn undo<'a>(
        &self,
        number: u64,
        origin: impl Into<ChangeOrigin<'a>>,
    ) -> Result<FolderChange, VersionedDirError> {
        let origin = origin.into();
        let mut changes = self.locked_changes();
        let change = changes.iter().find(|change| change.number == number).cloned().ok_or(VersionedDirError::NoUndo)?;
        let path = self.path_of(&change.name)?;
        if !is_last_of_file(&changes, &change) || hash_of(&path)? != change.hash {
            return Err(VersionedDirError::NoUndo);
        }
        let kind = match change.kind {
            ChangeKind::Added => {
                let undoing = self.new_change(&changes, ChangeKind::Removed, &change.name, None, origin);
                return self.make(&mut changes, undoing, None);
            }
            ChangeKind::Replaced => ChangeKind::Replaced,
            ChangeKind::Removed => ChangeKind::Added,
        };
        let kept = self.kept(number);
        let mut restored = self.receive()?;
        let copied = open_regular(&kept).and_then(|mut file| io::copy(&mut file, restored.as_file_mut()));
        copied.map_err(|source| StoreError::new(&kept, source))?;
        let undoing = self.new_change(&changes, kind, &change.name, hash_of(restored.path())?, origin);
        self.make(&mut changes, undoing, Some(restored))
    }

    /// Undoes all changes of an upload, given by the number of its first, the last one first. A file that was changed
    /// again since stays as it is. The changes that undo it make one upload, too.
    pub fn undo_upload<'a>(&self, upload: u64, origin: impl Into<ChangeOrigin<'a>>) -> UndoneUpload {
        let mut origin = origin.into();
        let of_upload = |change: &&FolderChange| change.upload() == upload;
        let changes: Vec<FolderChange> = self.locked_changes().iter().rev().filter(of_upload).cloned().collect();
        let mut outcome = UndoneUpload::default();
        for change in changes {
            match self.undo(change.number, origin) {
                Ok(undone) => {
                    origin.upload = origin.upload.or(Some(undone.number));
                    outcome.undone.push(undone);
                }
                Err(error) => outcome.refused.push((change.name, error)),
            }
        }
        outcome
    }

    /// The last changes, at most `limit`, the newest first.
    pub fn recent_changes(&self, limit: usize) -> Vec<RecentChange> {
        let changes = self.locked_changes();
        let recent = changes.iter().rev().take(limit);
        recent
            .map(|change| RecentChange { is_last_of_file: is_last_of_file(&changes, change), change: change.clone() })
            .collect()
    }

    /// All changes of a file, the newest first.
    pub fn changes_of(&self, name: &str) -> Vec<FolderChange> {
        self.locked_changes().iter().rev().filter(|change| change.name == name).cloned().collect()
    }

    /// Whether the contents that a change replaced or removed are still kept.
    pub fn keeps_contents_before(&self, change: &FolderChange) -> bool {
        let is_kept = || self.kept(change.number).symlink_metadata().is_ok_and(|metadata| metadata.is_file());
        change.kind != ChangeKind::Added && is_kept()
    }

    /// The contents that the change of that number replaced or removed; `None` when there is no such change or they are
    /// no longer kept.
    pub fn contents_before(&self, number: u64) -> Option<EarlierContents> {
        let change = self.locked_changes().iter().find(|change| change.number == number).cloned()?;
        let bytes = read_plain(&self.kept(number)).ok().filter(|_| change.kind != ChangeKind::Added)?;
        Some(EarlierContents { change, bytes })
    }
}

/// Whether no later change is of the same file.
fn is_last_of_file(changes: &[FolderChange], change: &FolderChange) -> bool {
    !changes.iter().any(|other| other.number > change.number && other.name == change.name)
}
