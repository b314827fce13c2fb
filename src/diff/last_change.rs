//! The changes of the last run that changed anything, whichever program made it; kept on the disk between programs.

use std::path::{Path, PathBuf};

use super::{Differences, Snapshot};
use crate::store;

/// The folder of the snapshot.
const LAST: &str = "last";

/// A snapshot of the last run, and what it had changed.
#[derive(Debug)]
pub(crate) struct LastChange {
    last: Snapshot,
    /// The history of the output folder, which has both.
    folder: PathBuf,
    /// The file with the changes.
    changes: PathBuf,
}

impl LastChange {
    /// The one that is kept in `folder`.
    pub(crate) fn new(folder: &Path) -> Self {
        let (last, changes) = (Snapshot::at(folder.join(LAST)), folder.join("changes.json"));
        Self { last, folder: folder.to_owned(), changes }
    }

    /// The changes of the last run in the output folder that changed anything; `None` when there was no run before it,
    /// or the records cannot be read.
    pub(crate) fn differences(&mut self, output: &Path) -> Option<Differences> {
        if self.last.is_of(output) {
            return store::parse_record(&store::read_record(&self.changes).ok()?, size_of::<Differences>()).ok();
        }
        let differences = self.last.compare(output).ok();
        let json = differences.as_ref().and_then(|differences| serde_json::to_vec(differences).ok());
        // The changes first, then the snapshot: a program that ends in between computes them again.
        let own =
            || store::create_history(&self.folder).and_then(|history| store::create_own_folder(&history, &[LAST]));
        let is_own = own().is_ok();
        let written = json.filter(|_| is_own).map_or(Ok(()), |json| store::write(&self.changes, &json));
        if is_own && written.is_ok() {
            let _ = self.last.keep(output);
        }
        differences
    }
}
